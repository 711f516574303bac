import { closest, distance } from "fastest-levenshtein";

/** The known name that a mistyped one most likely stands for; undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const folded = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]));
  if (folded.size === 0) return undefined;
  const best = closest(name.toLowerCase(), [...folded.keys()]);
  return distance(name.toLowerCase(), best) <= Math.max(1, Math.floor(best.length / 3)) ? folded.get(best) : undefined;
}
