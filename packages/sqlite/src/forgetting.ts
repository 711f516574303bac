import type { ForgetRequest, ForgottenEvents } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import { ForgottenPositions } from "./forgotten-positions";
import { StreamEnds } from "./stream-ends";
import { StreamStarts } from "./stream-starts";

/** Forgets events, inside a transaction that somebody else starts and commits, and notes what is needed to tell them from lost ones. */
export class Forgetting {
  private readonly ends: StreamEnds;
  private readonly starts: StreamStarts;
  private readonly positions: ForgottenPositions;
  private readonly look;
  private readonly firstKept;
  private readonly positionsBefore;
  private readonly removeBefore;
  private readonly note;
  private readonly noted;

  constructor(database: Database) {
    this.ends = new StreamEnds(database);
    this.starts = new StreamStarts(database);
    this.positions = new ForgottenPositions(database);
    this.look = database.rows<[string, number, number, number], [number, string, number]>(
      `SELECT global_position, stream, time FROM events
         WHERE category = ? AND global_position > ? AND global_position <= ? ORDER BY global_position LIMIT ?`,
    );
    this.firstKept = database.values<[string, number, number], number>(
      "SELECT position FROM events WHERE stream = ? AND (time >= ? OR global_position > ?) ORDER BY position LIMIT 1",
    );
    this.positionsBefore = database.values<[string, number], number>(
      "SELECT global_position FROM events WHERE stream = ? AND position < ? ORDER BY position",
    );
    this.removeBefore = database.prepare<[string, number]>("DELETE FROM events WHERE stream = ? AND position < ?");
    this.note = database.prepare<[string, number]>(
      `INSERT INTO forgotten_categories (category, position) VALUES (?, ?)
       ON CONFLICT (category) DO UPDATE SET position = max(position, excluded.position)`,
    );
    this.noted = database.values<[string], number>("SELECT position FROM forgotten_categories WHERE category = ?");
  }

  /** @throws DeserializationError where a stream's last event, or the last one to be forgotten, is damaged. */
  forget({ category, before, after, upTo, limit }: ForgetRequest): ForgottenEvents {
    const looked = this.look.all(category, after, upTo, limit);
    const reached = looked.length < limit ? upTo : (looked.at(-1)?.[0] ?? after);
    const streams = new Set(Array.from(looked, ([, stream]) => stream));
    const forgotten = [...streams].flatMap((stream) => this.forgetOf(stream, category, before, reached));
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
  private forgetOf(stream: string, category: string, before: number, reached: number): readonly number[] {
    const end = this.ends.of(stream).position;
    const position = Math.min(end, this.firstKept.get(stream, before, reached) ?? end);
    const forgotten = this.positionsBefore.all(stream, position);
    if (forgotten.length === 0) return [];
    const last = this.ends.find(stream, position - 1);
    if (last === undefined) throw this.starts.absent(stream, position - 1);
    this.removeBefore.run(stream, position);
    this.starts.set({ stream, category, position, chain: last.chain });
    return forgotten;
  }
}
