import type { StreamPage, StreamRef } from "@tidemark/core/adapter";
import { refuseDisorder } from "./ascending-pages";
import { BoundedMap } from "./bounded-map";
import { streamChecksum } from "./checksums";
import { DamagedTable } from "./database-errors";
import type { Database } from "./drivers/database";

/** The number of what is not stored: no row has it. */
export const NONE = 0;

/** A stream with the numbers that rows have. */
export interface NumberedStream extends StreamRef {
  readonly number: number;
  readonly categoryNumber: number;
}

/** How many streams are remembered: some megabytes. */
const REMEMBERED = 20_000;

/**
 * Gives streams and categories the numbers that stand for them in the rows of events, and keeps them for ever.
 *
 * What was looked up is remembered, since no number ever changes. `forget` is for a transaction that was rolled back, with the numbers
 * that it gave.
 *
 * A stream that one index does not find is looked up in another one: a flipped bit that hides its name from the first must not let a second
 * stream of that name begin.
 */
export class EventStreams {
  private readonly byName;
  private readonly byCategory;
  private readonly byNumber;
  private readonly ofCategory;
  private readonly insert;
  private readonly allCategories;
  private readonly categoryByName;
  private readonly insertCategory;

  private readonly numbers = new BoundedMap<string, number>(REMEMBERED);
  private readonly refs = new BoundedMap<number, NumberedStream>(REMEMBERED);
  private readonly categoryNumbers = new Map<string, number>();
  private readonly categoryNames = new Map<number, string>();

  constructor(database: Database) {
    const columns = "id, name, category_id, checksum";
    this.byName = database.rows<[string], StreamRow>(
      `SELECT ${columns} FROM event_streams INDEXED BY event_streams_by_name WHERE name = ?`,
    );
    this.byCategory = database.rows<[number, string], StreamRow>(
      `SELECT ${columns} FROM event_streams INDEXED BY event_streams_by_category WHERE category_id = ? AND name = ?`,
    );
    this.byNumber = database.rows<[number], StreamRow>(`SELECT ${columns} FROM event_streams WHERE id = ?`);
    this.ofCategory = database.rows<[number, string, number], StreamRow>(
      `SELECT ${columns} FROM event_streams INDEXED BY event_streams_by_category
         WHERE category_id = ? AND name > ? ORDER BY name LIMIT ?`,
    );
    this.insert = database.values<[string, number, number], number>(
      "INSERT INTO event_streams (name, category_id, checksum) VALUES (?, ?, ?) RETURNING id",
    );
    this.allCategories = database.rows<[], CategoryRow>("SELECT id, name FROM event_categories NOT INDEXED");
    this.categoryByName = database.values<[string], number>(
      "SELECT id FROM event_categories INDEXED BY event_categories_by_name WHERE name = ?",
    );
    this.insertCategory = database.values<[string], number>(
      "INSERT INTO event_categories (name) VALUES (?) RETURNING id",
    );
  }

  /** @returns `NONE` for a stream without events. @throws DamagedTable */
  numberOf(stream: string): number {
    return this.numbers.get(stream) ?? this.lookUp(stream);
  }

  /** As `numberOf`, and gives a number to a stream that has none. */
  numberFor(ref: StreamRef): number {
    const known = this.numberOf(ref.stream);
    return known === NONE ? this.add(ref) : known;
  }

  /** @returns `NONE` for a category without events. @throws DamagedTable */
  categoryNumber(category: string): number {
    const known = this.categoryNumbers.get(category);
    if (known !== undefined) return known;
    // Found by the table and by its index, as streams are by two indexes.
    for (const [number, name] of this.allCategories.all()) this.rememberCategory(number, name);
    const number = this.categoryByName.get(category) ?? NONE;
    if (number !== (this.categoryNumbers.get(category) ?? NONE)) throw new DamagedTable("event_categories");
    return number;
  }

  /** As `categoryNumber`, and gives a number to a category that has none. */
  categoryNumberFor(category: string): number {
    const known = this.categoryNumber(category);
    if (known !== NONE) return known;
    const number = this.insertCategory.get(category)!;
    this.rememberCategory(number, category);
    return number;
  }

  /** @throws DamagedTable for a number that was never given. */
  named(number: number): NumberedStream {
    const known = this.refs.get(number);
    if (known !== undefined) return known;
    const row = this.byNumber.get(number);
    if (row === undefined) throw new DamagedTable("event_streams");
    return this.remembered(row);
  }

  /** The numbers of a stream; undefined where it has no event. @throws DamagedTable */
  find(stream: string): NumberedStream | undefined {
    const number = this.numberOf(stream);
    return number === NONE ? undefined : this.named(number);
  }

  /** The streams of a category in the order of their names. @throws DamagedTable */
  list(category: string, { after = "", limit }: StreamPage): string[] {
    const number = this.categoryNumber(category);
    const streams = Array.from(this.ofCategory.all(number, after, limit), (row) => {
      if (row[2] !== number) throw new DamagedTable("event_streams");
      return this.sound(row).stream;
    });
    refuseDisorder("event_streams", after, streams);
    return streams;
  }

  /** Forgets what was looked up, after a transaction was rolled back. */
  forget(): void {
    this.numbers.clear();
    this.refs.clear();
    this.categoryNumbers.clear();
    this.categoryNames.clear();
  }

  private lookUp(stream: string): number {
    const row = this.byName.get(stream);
    if (row === undefined) {
      const category = this.categoryNumber(categoryOf(stream));
      if (this.byCategory.get(category, stream) === undefined) return NONE;
      // Of just now, or hidden from the first index.
      if (this.byName.get(stream) === undefined) throw new DamagedTable("event_streams");
      return this.lookUp(stream);
    }
    // A damaged index can lead to another row.
    if (this.remembered(row).stream !== stream) throw new DamagedTable("event_streams");
    return row[0];
  }

  private add({ stream, category }: StreamRef): number {
    const categoryNumber = this.categoryNumberFor(category);
    const number = this.insert.get(stream, categoryNumber, streamChecksum(stream, category))!;
    this.numbers.set(stream, number);
    this.refs.set(number, { stream, category, number, categoryNumber });
    return number;
  }

  private remembered(row: StreamRow): NumberedStream {
    const ref = this.sound(row);
    this.numbers.set(ref.stream, ref.number);
    this.refs.set(ref.number, ref);
    return ref;
  }

  private sound([number, stream, categoryNumber, checksum]: StreamRow): NumberedStream {
    const category = this.categoryName(categoryNumber);
    if (typeof stream !== "string" || streamChecksum(stream, category) !== checksum)
      throw new DamagedTable("event_streams");
    return { stream, category, number, categoryNumber };
  }

  private categoryName(number: number): string {
    if (!this.categoryNames.has(number))
      for (const [each, name] of this.allCategories.all()) this.rememberCategory(each, name);
    const name = this.categoryNames.get(number);
    if (name === undefined) throw new DamagedTable("event_categories");
    return name;
  }

  private rememberCategory(number: number, name: string): void {
    this.categoryNumbers.set(name, number);
    this.categoryNames.set(number, name);
  }
}

/** Everything before the first `-`, as for every stream. */
export function categoryOf(stream: string): string {
  const end = stream.indexOf("-");
  return end === -1 ? stream : stream.slice(0, end);
}

type StreamRow = readonly [number: number, stream: string, category: number, checksum: number];
type CategoryRow = readonly [number: number, name: string];
