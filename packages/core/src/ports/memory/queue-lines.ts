import type { QueueEntry } from "../command-queue";

interface Line {
  /** By id. */
  readonly entries: Map<string, QueueEntry>;
  /** Those with the lowest number; undefined after a change, until somebody asks. */
  first: readonly QueueEntry[] | undefined;
}

/** The entries of a queue that are not finished, by their lines: what is claimed again and again are the first ones, not all of them. */
export class QueueLines {
  readonly #withoutLine = new Map<string, QueueEntry>();
  readonly #lines = new Map<string, Line>();

  /** Adds an entry, or puts it in the place of the one with its id, which has the same line. */
  set(entry: QueueEntry): void {
    if (entry.line === undefined) {
      this.#withoutLine.set(entry.id, entry);
      return;
    }
    const line = this.#lines.get(entry.line) ?? { entries: new Map<string, QueueEntry>(), first: undefined };
    this.#lines.set(entry.line, line);
    line.entries.set(entry.id, entry);
    line.first = undefined;
  }

  delete({ id, line: name }: QueueEntry): void {
    if (name === undefined) {
      this.#withoutLine.delete(id);
      return;
    }
    const line = this.#lines.get(name);
    if (!line?.entries.delete(id)) return;
    line.first = undefined;
    if (line.entries.size === 0) this.#lines.delete(name);
  }

  *all(): Iterable<QueueEntry> {
    yield* this.#withoutLine.values();
    for (const { entries } of this.#lines.values()) yield* entries.values();
  }

  /** Those that stand behind none of their line. */
  *first(): Iterable<QueueEntry> {
    yield* this.#withoutLine.values();
    for (const line of this.#lines.values()) {
      line.first ??= firstOf([...line.entries.values()]);
      yield* line.first;
    }
  }
}

function firstOf(entries: readonly QueueEntry[]): readonly QueueEntry[] {
  const lowest = entries.reduce((least, { number }) => Math.min(least, number), Number.POSITIVE_INFINITY);
  return entries.filter(({ number }) => number === lowest);
}
