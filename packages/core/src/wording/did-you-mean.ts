import { closest, distance } from "fastest-levenshtein";

/** The known word that a misspelt one most likely stands for; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const folded = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]));
  const best = closest(word.toLowerCase(), [...folded.keys()]);
  const isNear = distance(word.toLowerCase(), best) <= tolerance(best);
  return isNear ? folded.get(best) : undefined;
}

/** In single edits: two letters that changed places are two. */
function tolerance({ length }: string): number {
  return length < 4 ? 1 : Math.max(2, Math.floor(length / 3));
}

/** The end of a sentence about a misspelt word: `; did you mean "keep"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  return suggestion === undefined ? "" : `; did you mean ${JSON.stringify(suggestion)}?`;
}
