const REVISIONS = 2 ** 48;

/** Returns a random number for a row that is written, by which others notice the write. */
export function newRevision(): number {
  return Math.floor(Math.random() * REVISIONS);
}
