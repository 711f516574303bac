import type { OperationConflictError } from "@tidemark/core";
import {
  bucketOf,
  type ComparisonCondition,
  type DueTimersQuery,
  type Operation,
  type OverdueTimers,
  queryRanges,
  type RemoveTimer,
  refusedTimer,
  type SetTimer,
  type TextCondition,
  type Timer,
  type TimerStore,
  type TimersPage,
} from "@tidemark/core/adapter";

import { bigintArray, integerArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { timeArrays } from "./queue-times";
import type { Refusal } from "./refused-operation";
import { READ } from "./unavailable";
import type { Call, Parameter, Row, Statement } from "./work";

/** How many slots the owners of timers are spread over: as many as the keys of subscriptions have buckets at most. */
const SLOTS = 65_536;

/** What happens at a time of its own, in the table `timers`. */
export class PostgresTimers implements TimerStore {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    private readonly schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async due({ now, limit, part }: DueTimersQuery): Promise<readonly Timer[]> {
    const { due, dueOfPart } = this.statements;
    const values = [now ?? null, limit];
    const rows = await (part === undefined
      ? this.connections.run(READ, due, values)
      : this.connections.run(READ, dueOfPart, [...values, part.index, part.of]));
    return rows.map(timerOf);
  }

  async untilNext(now?: number): Promise<number | undefined> {
    const [row] = await this.connections.run(READ, this.statements.untilNext, [now ?? null]);
    return row === undefined ? undefined : Number(row[0]);
  }

  async overdue(now?: number): Promise<OverdueTimers> {
    const [row] = await this.connections.run(READ, this.statements.overdue, [now ?? null]);
    const [timers, since] = row!;
    return { timers: Number(timers), ...(since != null && { since: Number(since) }) };
  }

  async ofOwner(owner: string): Promise<readonly Timer[]> {
    return (await this.connections.run(READ, this.statements.ofOwner, [owner])).map(timerOf);
  }

  async list(page: TimersPage): Promise<readonly Timer[]> {
    const { statement, values } = listCall(this.schema, page);
    return (await this.connections.run(READ, statement, values)).map(timerOf);
  }

  /** The statements that set and remove all timers of these operations. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const set = operations.filter((operation): operation is SetTimer => operation.kind === "setTimer");
    const removals = removalsIn(operations);
    const calls: Call[] = [];
    if (set.length > 0) {
      const values = [
        textArray(set.map(({ timer }) => timer.owner)),
        textArray(set.map(({ timer }) => timer.name)),
        integerArray(set.map(({ timer }) => bucketOf(timer.owner, SLOTS))),
        textArray(set.map(({ timer }) => timer.data)),
        ...timeArrays(set.map(({ due }) => due)),
      ];
      calls.push({ statement: this.statements.set, values });
    }
    if (removals.length > 0) {
      const values = [
        textArray(removals.map(({ owner }) => owner)),
        textArray(removals.map(({ name }) => name)),
        bigintArray(removals.map(({ expected }) => expected?.dueAt ?? null)),
        textArray(removals.map(({ expected }) => expected?.data ?? null)),
      ];
      calls.push({ statement: this.statements.remove, values });
    }
    return calls;
  }
}

export function timerRefusal({ number, dueAt }: Refusal, operations: readonly Operation[]): OperationConflictError {
  return refusedTimer(removalsIn(operations)[number - 1]!, dueAt == null ? undefined : { dueAt: Number(dueAt) });
}

function removalsIn(operations: readonly Operation[]): readonly RemoveTimer[] {
  return operations.filter((operation) => operation.kind === "removeTimer");
}

function timerOf([owner, name, dueAt, data]: Row): Timer {
  return { owner: owner!, name: name!, dueAt: Number(dueAt), data: data! };
}

const COLUMNS = "owner, name, due_at, data";

/** Makes a statement of the conditions that a page has: of few forms, each prepared once. A prefix is a range of the primary key. */
function listCall(schema: string, { prefix, after, limit }: TimersPage): Call {
  const values: Parameter[] = [];
  const conditions: string[] = [];
  const where = (condition: string, ...given: readonly string[]) =>
    conditions.push(given.reduce((text, value) => text.replace("?", `$${values.push(value)}::text`), condition));
  if (after !== undefined) where("(owner, name) > (?, ?)", after.owner, after.name);
  const [ofPrefix] = queryRanges({ where: prefix === undefined ? [] : [startsWith(prefix)] });
  for (const { operator, value } of ofPrefix as readonly ComparisonCondition[])
    where(`owner ${operator} ?`, String(value));
  const condition = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const text = `SELECT ${COLUMNS} FROM ${schema}.timers ${condition} ORDER BY owner, name LIMIT $${values.push(limit)}::bigint`;
  const name = ["list_timers", ...(after === undefined ? [] : ["after"]), `${ofPrefix!.length}`].join("_");
  return { statement: { name, text }, values };
}

function startsWith(prefix: string): TextCondition {
  return { column: "owner", operator: "startsWith", value: prefix };
}

export function statementsFor(schema: string) {
  const timers = `${schema}.timers`;
  const select = `SELECT ${COLUMNS} FROM ${timers}`;
  // In a query of its own the time is taken once, and can be looked up in an index.
  const now = `(SELECT coalesce($1::bigint, ${schema}.clock_ms()))`;
  return {
    due: { name: "due_timers", text: `${select} WHERE due_at <= ${now} ORDER BY due_at, owner, name LIMIT $2` },
    /** Passes over the timers of other parts in the index, which holds their slots. */
    dueOfPart: {
      name: "due_timers_of_part",
      text: `
        SELECT d.owner, d.name, d.due_at, t.data
        FROM (
          SELECT owner, name, due_at FROM ${timers} WHERE due_at <= ${now} AND slot % $4::integer = $3
          ORDER BY due_at, owner, name LIMIT $2
        ) AS d CROSS JOIN LATERAL (
          SELECT t.data FROM ${timers} t WHERE t.owner = d.owner AND t.name = d.name LIMIT 1
        ) AS t
        ORDER BY d.due_at, d.owner, d.name`,
    },
    untilNext: {
      name: "until_next_timer",
      text: `SELECT greatest(due_at - ${now}, 0) FROM ${timers} ORDER BY due_at, owner, name LIMIT 1`,
    },
    overdue: { name: "overdue_timers", text: `SELECT count(*), min(due_at) FROM ${timers} WHERE due_at <= ${now}` },
    ofOwner: { name: "timers_of_owner", text: `${select} WHERE owner = $1 ORDER BY due_at, name` },
    set: {
      name: "set_timers",
      text: `
        INSERT INTO ${timers} (owner, name, slot, data, due_at)
        SELECT t.owner, t.name, t.slot, t.data, coalesce(t.time, ${schema}.clock_ms() + t.delay)
        FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::bigint[], $6::bigint[])
          AS t (owner, name, slot, data, time, delay)
        ORDER BY t.owner COLLATE "C", t.name COLLATE "C"
        ON CONFLICT (owner, name) DO UPDATE SET due_at = excluded.due_at, data = excluded.data`,
    },
    remove: { name: "remove_timers", text: `SELECT ${schema}.remove_timers($1, $2, $3, $4)` },
  } satisfies Record<string, Statement>;
}
