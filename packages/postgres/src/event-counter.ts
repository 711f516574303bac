import type { CountedEvents, CountedRange } from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { READ } from "./unavailable";
import type { Statement } from "./work";

/** Counts events by the index of the categories, and reads no more of it than it counts. */
export class EventCounter {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async count({ after, categories, types, limit }: CountedRange): Promise<CountedEvents> {
    if (categories.length === 0 || types?.length === 0) return { events: 0 };
    const values = [after, limit, textArray([...new Set(categories)])];
    const [row] = await (types === undefined
      ? this.connections.run(READ, this.statements.all, values)
      : this.connections.run(READ, this.statements.ofTypes, [...values, textArray(types)]));
    const [events, since] = row!;
    return { events: Number(events), ...(since != null && { since: Number(since) }) };
  }
}

/**
 * A category is compared as a range, as in `GlobalReader`. Each one is counted up to the limit, so that the first event of all is
 * among them.
 */
function statementsFor(schema: string) {
  const counting = (condition: string) => `
    WITH counted AS MATERIALIZED (
      SELECT of_category.global_position FROM unnest($3::text[]) AS c (category) CROSS JOIN LATERAL (
        SELECT e.global_position FROM ${schema}.events e
        WHERE (e.category, e.global_position) > (c.category, $1) AND e.category <= c.category ${condition}
        ORDER BY e.category, e.global_position LIMIT $2
      ) AS of_category
    )
    SELECT least(count(*), $2::bigint), (
      SELECT e.time FROM ${schema}.events e WHERE e.global_position = (SELECT min(global_position) FROM counted) LIMIT 1
    ) FROM counted`;
  return {
    all: { name: "count_events", text: counting("") },
    ofTypes: { name: "count_events_of_types", text: counting("AND e.type = ANY ($4::text[])") },
  } satisfies Record<string, Statement>;
}
