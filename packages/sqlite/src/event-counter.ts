import type { CountedEvents, CountedRange } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import type { EventStreams } from "./event-streams";
import { IndexedEvents } from "./indexed-events";

/** Counts events by the order of categories, and those that are not in it yet in the log: of a log of any size it reads what it counts. */
export class EventCounter {
  private readonly indexed: IndexedEvents;
  private readonly countAll;
  private readonly countOfTypes;
  private readonly countBehind;
  private readonly countBehindOfTypes;
  private readonly timeOf;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    this.indexed = new IndexedEvents(database);
    const counted = (rows: string) => `SELECT count(*), min(global_position) FROM (
      SELECT o.global_position AS global_position FROM ${rows} WHERE o.category_id = ? AND o.global_position > ?`;
    const ofTypes = "AND type IN (SELECT value FROM json_each(?))";
    const end = "ORDER BY o.global_position LIMIT ?)";
    const upTo = "AND o.global_position <= ?";
    this.countAll = database.rows<[number, number, number, number], CountRow>(
      `${counted("event_order o")} ${upTo} ${end}`,
    );
    this.countOfTypes = database.rows<[number, number, number, string, number], CountRow>(
      `${counted("event_order o CROSS JOIN event_log e ON e.global_position = o.global_position")} ${upTo} ${ofTypes} ${end}`,
    );
    this.countBehind = database.rows<[number, number, number], CountRow>(
      `${counted("event_log o NOT INDEXED")} ${end}`,
    );
    this.countBehindOfTypes = database.rows<[number, number, string, number], CountRow>(
      `${counted("event_log o NOT INDEXED")} ${ofTypes} ${end}`,
    );
    this.timeOf = database.values<[number], number>("SELECT time FROM event_log WHERE global_position = ?");
  }

  count({ after, categories, types, limit }: CountedRange): CountedEvents {
    // Events that enter the order meanwhile are counted in the log.
    const upTo = this.indexed.upTo();
    const wanted = types && JSON.stringify(types);
    let events = 0;
    let first = Number.POSITIVE_INFINITY;
    const add = ([counted, position]: CountRow): void => {
      events += counted;
      if (position !== null) first = Math.min(first, position);
    };
    for (const name of new Set(categories)) {
      const category = this.streams.categoryNumber(name);
      const behind = Math.max(after, upTo);
      if (wanted === undefined) {
        add(this.countAll.get(category, after, upTo, limit)!);
        add(this.countBehind.get(category, behind, limit)!);
      } else {
        add(this.countOfTypes.get(category, after, upTo, wanted, limit)!);
        add(this.countBehindOfTypes.get(category, behind, wanted, limit)!);
      }
    }
    return {
      events: Math.min(events, limit),
      ...(first !== Number.POSITIVE_INFINITY && { since: this.timeOf.get(first) }),
    };
  }
}

type CountRow = readonly [count: number, firstPosition: number | null];
