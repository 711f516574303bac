import { closest, distance } from "fastest-levenshtein";

/**
 * Returns the known word that a misspelt one most likely stands for; undefined where no word is similar.
 * @param edits how many single edits it may be away at most.
 */
export function nearest(
  word: string,
  known: readonly string[],
  edits: number = Number.POSITIVE_INFINITY,
): string | undefined {
  if (known.length === 0) return undefined;
  const folded = new Map(known.map((candidate) => [candidate.toLowerCase(), candidate]));
  const best = closest(word.toLowerCase(), [...folded.keys()]);
  const isNear = distance(word.toLowerCase(), best) <= Math.min(edits, tolerance(best));
  return isNear ? folded.get(best) : undefined;
}

/** Returns how many single edits a word may be away. Two swapped letters count as two edits. */
function tolerance({ length }: string): number {
  return length < 4 ? 1 : Math.max(2, Math.floor(length / 3));
}

/** Returns the end of a sentence about a misspelt word: `; did you mean "keep"?`, or an empty text. */
export function didYouMean(word: string, known: readonly string[], edits?: number): string {
  const suggestion = nearest(word, known, edits);
  return suggestion === undefined ? "" : `; did you mean ${JSON.stringify(suggestion)}?`;
}
