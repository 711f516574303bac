import type {
  ClaimExtension,
  ClaimedEntry,
  CommandQueue,
  OverdueEntries,
  QueueClaim,
  QueueCount,
  QueueEntry,
  QueuePage,
} from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { ENTRY_COLUMNS, entryOf, listCall } from "./queue-entries";
import { BY_STATE, BY_TIME } from "./queue-indexes";
import { wholeMs } from "./queue-times";
import { READ, WRITE } from "./unavailable";
import type { Statement } from "./work";

/** Commands that are carried out later, in the table `command_queue`. */
export class PostgresCommandQueue implements CommandQueue {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    private readonly schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async claim({ worker, lanes, limit, oldest, claimMs, now }: QueueClaim): Promise<readonly ClaimedEntry[]> {
    if (limit <= 0 || lanes.length === 0) return [];
    const values = [worker, textArray([...new Set(lanes)]), limit, oldest, wholeMs(claimMs), now ?? null];
    const rows = await this.connections.run(WRITE, this.statements.claim, values);
    return rows.map((row) => ({ ...entryOf(row), claimedAt: Number(row.at(-1)) }));
  }

  async extend({ worker, ids, claimMs, begins = false, now }: ClaimExtension): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const values = [worker, textArray(ids), wholeMs(claimMs), now ?? null, begins ? 1 : 0];
    const rows = await this.connections.run(WRITE, this.statements.extend, values);
    const extended = new Set(rows.map(([id]) => id!));
    return [...new Set(ids)].filter((id) => extended.has(id));
  }

  async release(worker: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.connections.run(WRITE, this.statements.release, [worker, textArray(ids)]);
  }

  async untilNext(lanes: readonly string[], now?: number): Promise<number | undefined> {
    const [row] = await this.connections.run(READ, this.statements.untilNext, [textArray(lanes), now ?? null]);
    return row?.[0] == null ? undefined : Number(row[0]);
  }

  async find(id: string): Promise<QueueEntry | undefined> {
    const [row] = await this.connections.run(READ, this.statements.find, [id]);
    return row && entryOf(row);
  }

  async list(page: QueuePage): Promise<readonly QueueEntry[]> {
    const { statement, values } = listCall(this.schema, page);
    return (await this.connections.run(READ, statement, values)).map(entryOf);
  }

  async counts(): Promise<readonly QueueCount[]> {
    const rows = await this.connections.run(READ, this.statements.counts, []);
    return rows.map(([lane, state, entries]) => ({
      lane: lane!,
      state: state as QueueCount["state"],
      entries: Number(entries),
    }));
  }

  async overdue(now?: number): Promise<readonly OverdueEntries[]> {
    const rows = await this.connections.run(READ, this.statements.overdue, [now ?? null]);
    return rows.map(([lane, entries, since]) => ({ lane: lane!, entries: Number(entries), since: Number(since) }));
  }

  async forget(before: number, limit: number): Promise<number> {
    const [row] = await this.connections.run(WRITE, this.statements.forget, [before, limit]);
    return Number(row![0]);
  }
}

export function statementsFor(schema: string) {
  const queue = `${schema}.command_queue`;
  const clock = (now: string) => `clock AS MATERIALIZED (SELECT coalesce(${now}::bigint, ${schema}.clock_ms()) AS now)`;
  // What is claimed is locked in the order in which all transactions wait for each other.
  const inOrder = "ORDER BY line, number, id FOR UPDATE";
  const isBehind = (state: string) =>
    `EXISTS (SELECT FROM ${queue} o WHERE o.line = q.line AND o.state = '${state}' AND o.number < q.number)`;
  const isFront = `(q.line IS NULL OR NOT (${isBehind("waiting")} OR ${isBehind("parked")}))`;
  return {
    claim: {
      name: "claim_entries",
      text: `SELECT ${ENTRY_COLUMNS}, claimed_until - $5::bigint FROM ${schema}.claim_entries($1, $2, $3, $4, $5, $6)`,
    },
    extend: {
      name: "extend_claims",
      text: `
        WITH ${clock("$4")}, locked AS MATERIALIZED (
          SELECT id FROM ${queue}
          WHERE id = ANY ($2::text[]) AND claimed_by = $1 AND claimed_until > (SELECT now FROM clock) ${inOrder}
        )
        UPDATE ${queue} SET standing = 'claimed', begins = begins + $5::integer,
          claimed_until = (SELECT now FROM clock) + $3::bigint
        WHERE id = ANY (ARRAY(SELECT id FROM locked)) RETURNING id`,
    },
    release: {
      name: "release_claims",
      text: `
        WITH locked AS MATERIALIZED (
          SELECT id FROM ${queue} WHERE id = ANY ($2::text[]) AND claimed_by = $1 ${inOrder}
        )
        UPDATE ${queue} SET standing = 'free', claimed_by = NULL, claimed_until = NULL, claims = claims - 1, revision = revision + 1
        WHERE id = ANY (ARRAY(SELECT id FROM locked))`,
    },
    untilNext: {
      name: "until_next_entry",
      text: `
        WITH ${clock("$2")}
        SELECT greatest(min(next.time) - (SELECT now FROM clock), 0)
        FROM unnest($1::text[]) AS l (lane) CROSS JOIN LATERAL (
          (
            SELECT q.due_at AS time FROM ${queue} q
            WHERE q.lane = l.lane AND ${BY_TIME} AND ${isFront} ORDER BY q.due_at, q.id LIMIT 1
          ) UNION ALL (
            SELECT greatest(q.claimed_until, q.due_at) FROM ${queue} q
            WHERE q.lane = l.lane AND q.standing = 'claimed' AND ${isFront} ORDER BY q.claimed_until LIMIT 1
          )
        ) AS next
        HAVING count(*) > 0`,
    },
    find: { name: "find_entry", text: `SELECT ${ENTRY_COLUMNS} FROM ${queue} WHERE id = $1` },
    counts: {
      name: "count_entries",
      text: `SELECT lane, state, count(*) FROM ${queue} WHERE ${BY_STATE} GROUP BY lane, state ORDER BY lane, state`,
    },
    overdue: {
      name: "overdue_entries",
      text: `
        WITH ${clock("$1")}
        SELECT lane, count(*), min(due_at) FROM ${queue}, clock
        WHERE ${BY_STATE} AND state = 'waiting' AND due_at <= clock.now AND (claimed_until IS NULL OR claimed_until <= clock.now)
        GROUP BY lane ORDER BY lane`,
    },
    /** Whoever forgets at the same time forgets others. */
    forget: {
      name: "forget_entries",
      text: `
        WITH past AS MATERIALIZED (
          SELECT id FROM ${queue} WHERE finished_at < $1 ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ), forgotten AS (
          DELETE FROM ${queue} WHERE id = ANY (ARRAY(SELECT id FROM past)) RETURNING 1
        )
        SELECT count(*) FROM forgotten`,
    },
  } satisfies Record<string, Statement>;
}
