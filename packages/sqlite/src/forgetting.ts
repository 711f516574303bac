import type { ForgetRequest, ForgottenEvents } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import { damagedRow } from "./event-rows";
import type { EventStreams } from "./event-streams";
import { ForgottenPositions } from "./forgotten-positions";
import { IndexedEvents } from "./indexed-events";
import { StreamEnds } from "./stream-ends";
import { StreamStarts } from "./stream-starts";

/** Forgets events, inside a transaction that somebody else starts and commits, and notes what is needed to tell them from lost ones. */
export class Forgetting {
  private readonly indexed: IndexedEvents;
  private readonly ends: StreamEnds;
  private readonly starts: StreamStarts;
  private readonly positions: ForgottenPositions;
  private readonly look;
  private readonly firstKept;
  private readonly rowsBefore;
  private readonly removeBefore;
  private readonly removeId;
  private readonly removeFromOrder;
  private readonly note;
  private readonly noted;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    this.indexed = new IndexedEvents(database);
    this.ends = new StreamEnds(database, streams);
    this.starts = new StreamStarts(database);
    this.positions = new ForgottenPositions(database);
    this.look = database.rows<[number, number, number, number], [number, number, number]>(
      `SELECT o.global_position, e.stream_id, e.time
         FROM event_order o CROSS JOIN event_log e ON e.global_position = o.global_position
         WHERE o.category_id = ? AND o.global_position > ? AND o.global_position <= ? ORDER BY o.global_position LIMIT ?`,
    );
    this.firstKept = database.values<[number, number, number], number>(
      "SELECT position FROM event_log WHERE stream_id = ? AND (time >= ? OR global_position > ?) ORDER BY position LIMIT 1",
    );
    this.rowsBefore = database.rows<[number, number], ForgottenRow>(
      `SELECT global_position, category_id, id, stream_id, position FROM event_log
         WHERE stream_id = ? AND position < ? ORDER BY position`,
    );
    this.removeBefore = database.prepare<[number, number]>(
      "DELETE FROM event_log WHERE stream_id = ? AND position < ?",
    );
    this.removeId = database.prepare<[string]>("DELETE FROM event_ids WHERE id = ?");
    this.removeFromOrder = database.prepare<[number, number]>(
      "DELETE FROM event_order WHERE category_id = ? AND global_position = ?",
    );
    this.note = database.prepare<[string, number]>(
      `INSERT INTO forgotten_categories (category, position) VALUES (?, ?)
       ON CONFLICT (category) DO UPDATE SET position = max(position, excluded.position)`,
    );
    this.noted = database.values<[string], number>("SELECT position FROM forgotten_categories WHERE category = ?");
  }

  /** @throws DeserializationError where a stream's last event, or the last one to be forgotten, is damaged, or another one is missing. */
  forget({ category, before, after, upTo, limit }: ForgetRequest): ForgottenEvents {
    // All that is forgotten is in every table then.
    this.indexed.catchUp();
    const looked = this.look.all(this.streams.categoryNumber(category), after, upTo, limit);
    const reached = looked.length < limit ? upTo : (looked.at(-1)?.[0] ?? after);
    const streams = new Set(Array.from(looked, ([, stream]) => stream));
    const forgotten = [...streams].flatMap((number) => this.forgetOf(number, category, before, reached));
    if (forgotten.length > 0) {
      this.positions.add(forgotten);
      this.note.run(category, Math.max(...forgotten));
    }
    const hasOld = looked.some(([, , time]) => time < before);
    return { events: forgotten.length, upTo: reached, atEnd: reached >= upTo || !hasOld };
  }

  /** The highest global position that was forgotten of some categories; 0 where none was. */
  upTo(categories: readonly string[]): number {
    return Math.max(0, ...categories.map((category) => this.noted.get(category) ?? 0));
  }

  /** @returns the global positions of those that were forgotten. */
  private forgetOf(number: number, category: string, before: number, reached: number): readonly number[] {
    const { stream } = this.streams.named(number);
    const end = this.ends.of(stream).position;
    const position = Math.min(end, this.firstKept.get(number, before, reached) ?? end);
    const forgotten = this.rowsBefore.all(number, position);
    if (forgotten.length === 0) return [];
    // Those that are deleted: a damaged index can lead to rows of other streams.
    const first = position - forgotten.length;
    const other = forgotten.findIndex((row, index) => row[3] !== number || row[4] !== first + index);
    if (other !== -1) throw damagedRow(stream, first + other);
    const last = this.ends.find(stream, position - 1);
    if (last === undefined) throw this.starts.absent(stream, position - 1);
    this.removeBefore.run(number, position);
    for (const [globalPosition, categoryNumber, id] of forgotten) {
      this.removeId.run(id);
      this.removeFromOrder.run(categoryNumber, globalPosition);
    }
    this.starts.set({ stream, category, position, chain: last.chain });
    return forgotten.map(([globalPosition]) => globalPosition);
  }
}

type ForgottenRow = readonly [globalPosition: number, category: number, id: string, stream: number, position: number];
