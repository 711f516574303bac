import type { QueueEntry } from "../command-queue";
import { ReadyEntries } from "./ready-entries";

interface Line {
  /** By id. */
  readonly entries: Map<string, QueueEntry>;
  /** Those with the lowest number. */
  first: readonly QueueEntry[];
}

const NONE: readonly QueueEntry[] = [];

/** The entries of a queue that are not finished, by their lines. Only the first ones of a line are ready to be claimed. */
export class QueueLines {
  readonly ready = new ReadyEntries();
  readonly #withoutLine = new Map<string, QueueEntry>();
  readonly #lines = new Map<string, Line>();

  /** Adds an entry, or puts it in the place of the one with its id, which has the same line. */
  set(entry: QueueEntry): void {
    if (entry.line === undefined) {
      const before = this.#withoutLine.get(entry.id);
      this.#withoutLine.set(entry.id, entry);
      this.ready.replace(before, entry);
      return;
    }
    const line = this.#lines.get(entry.line) ?? { entries: new Map<string, QueueEntry>(), first: NONE };
    this.#lines.set(entry.line, line);
    line.entries.set(entry.id, entry);
    this.#lookAt(line);
  }

  delete({ id, line: name }: QueueEntry): void {
    if (name === undefined) {
      const before = this.#withoutLine.get(id);
      this.#withoutLine.delete(id);
      this.ready.replace(before, undefined);
      return;
    }
    const line = this.#lines.get(name);
    if (!line?.entries.delete(id)) return;
    this.#lookAt(line);
    if (line.entries.size === 0) this.#lines.delete(name);
  }

  *all(): Iterable<QueueEntry> {
    yield* this.#withoutLine.values();
    for (const { entries } of this.#lines.values()) yield* entries.values();
  }

  /** Those of one line. */
  of(line: string): Iterable<QueueEntry> {
    return this.#lines.get(line)?.entries.values() ?? NONE;
  }

  #lookAt(line: Line): void {
    const before = line.first;
    line.first = firstOf(line.entries.values());
    for (const entry of before) this.ready.replace(entry, undefined);
    for (const entry of line.first) this.ready.replace(undefined, entry);
  }
}

function firstOf(entries: Iterable<QueueEntry>): readonly QueueEntry[] {
  let first: QueueEntry[] = [];
  for (const entry of entries)
    if (first.length === 0 || entry.number < first[0]!.number) first = [entry];
    else if (entry.number === first[0]!.number) first.push(entry);
  return first;
}
