import type { CountedEvents, CountedRange } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** Counts events by the index of categories: of a table of any size it reads what it counts. */
export class EventCounter {
  private readonly countAll;
  private readonly countOfTypes;
  private readonly timeOf;

  constructor(database: Database) {
    const counted = (condition: string) => `SELECT count(*), min(global_position) FROM (
      SELECT global_position FROM events WHERE category = ? AND global_position > ? ${condition}
        ORDER BY global_position LIMIT ?)`;
    this.countAll = database.rows<[string, number, number], CountRow>(counted(""));
    this.countOfTypes = database.rows<[string, number, string, number], CountRow>(
      counted("AND type IN (SELECT value FROM json_each(?))"),
    );
    this.timeOf = database.values<[number], number>("SELECT time FROM events WHERE global_position = ?");
  }

  count({ after, categories, types, limit }: CountedRange): CountedEvents {
    let events = 0;
    let first: number | undefined;
    for (const category of new Set(categories)) {
      const row =
        types === undefined
          ? this.countAll.get(category, after, limit)
          : this.countOfTypes.get(category, after, JSON.stringify(types), limit);
      const [counted, position] = row!;
      events += counted;
      if (position !== null && position < (first ?? Number.POSITIVE_INFINITY)) first = position;
    }
    return {
      events: Math.min(events, limit),
      ...(first !== undefined && { since: this.timeOf.get(first) }),
    };
  }
}

type CountRow = [count: number, firstPosition: number | null];
