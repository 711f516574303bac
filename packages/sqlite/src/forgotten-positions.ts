import type { Database } from "./drivers/database";

/** The global positions of events that were forgotten, each of these stretches as long as it can be. */
export class ForgottenPositions {
  private readonly before;
  private readonly remove;
  private readonly put;

  constructor(database: Database) {
    this.before = database.rows<[number], Stretch>(
      "SELECT first, last FROM forgotten_positions WHERE first <= ? ORDER BY first DESC LIMIT 1",
    );
    this.remove = database.prepare<[number]>("DELETE FROM forgotten_positions WHERE first = ?");
    this.put = database.prepare<[number, number]>("INSERT INTO forgotten_positions (first, last) VALUES (?, ?)");
  }

  /** The first position of a stretch of the log that was not forgotten; undefined where all of them were. */
  firstKept(from: number, to: number): number | undefined {
    const [, last = from - 1] = this.before.get(from) ?? [];
    const next = Math.max(last + 1, from);
    return next > to ? undefined : next;
  }

  /** @param positions that were not forgotten before. */
  add(positions: readonly number[]): void {
    for (const stretch of stretchesOf(positions)) this.addStretch(stretch);
  }

  private addStretch([first, last]: Stretch): void {
    const [firstBefore = 0, lastBefore = -1] = this.before.get(first) ?? [];
    const isJoined = lastBefore === first - 1;
    if (isJoined) this.remove.run(firstBefore);
    const [firstBehind = 0, lastBehind = -1] = this.before.get(last + 1) ?? [];
    const joinsNext = firstBehind === last + 1;
    if (joinsNext) this.remove.run(firstBehind);
    this.put.run(isJoined ? firstBefore : first, joinsNext ? lastBehind : last);
  }
}

type Stretch = readonly [first: number, last: number];

function stretchesOf(positions: readonly number[]): readonly Stretch[] {
  const stretches: [number, number][] = [];
  for (const position of positions.toSorted((a, b) => a - b)) {
    const current = stretches.at(-1);
    if (current !== undefined && current[1] === position - 1) current[1] = position;
    else stretches.push([position, position]);
  }
  return stretches;
}
