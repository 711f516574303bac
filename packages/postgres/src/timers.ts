import type { OperationConflictError } from "@tidemark/core";
import {
  type Operation,
  type RemoveTimer,
  refusedTimer,
  type SetTimer,
  type Timer,
  type TimerStore,
} from "@tidemark/core/adapter";

import { bigintArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { Refusal } from "./refused-operation";
import { READ } from "./unavailable";
import type { Call, Row, Statement } from "./work";

/** What happens at a time of its own, in the table `timers`. */
export class PostgresTimers implements TimerStore {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async due(now: number, limit: number): Promise<readonly Timer[]> {
    return (await this.connections.run(READ, this.statements.due, [now, limit])).map(timerOf);
  }

  async ofOwner(owner: string): Promise<readonly Timer[]> {
    return (await this.connections.run(READ, this.statements.ofOwner, [owner])).map(timerOf);
  }

  /** The statements that set and remove all timers of these operations. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const timers = operations
      .filter((operation): operation is SetTimer => operation.kind === "setTimer")
      .map(({ timer }) => timer);
    const removals = removalsIn(operations);
    const calls: Call[] = [];
    if (timers.length > 0) {
      const values = [
        textArray(timers.map(({ owner }) => owner)),
        textArray(timers.map(({ name }) => name)),
        bigintArray(timers.map(({ dueAt }) => dueAt)),
        textArray(timers.map(({ data }) => data)),
      ];
      calls.push({ statement: this.statements.set, values });
    }
    if (removals.length > 0) {
      const values = [
        textArray(removals.map(({ owner }) => owner)),
        textArray(removals.map(({ name }) => name)),
        bigintArray(removals.map(({ dueAt = null }) => dueAt)),
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

function statementsFor(schema: string) {
  const timers = `${schema}.timers`;
  const select = `SELECT owner, name, due_at, data FROM ${timers}`;
  return {
    due: { name: "due_timers", text: `${select} WHERE due_at <= $1 ORDER BY due_at, owner, name LIMIT $2` },
    ofOwner: { name: "timers_of_owner", text: `${select} WHERE owner = $1 ORDER BY due_at, name` },
    set: {
      name: "set_timers",
      text: `
        INSERT INTO ${timers} (owner, name, due_at, data)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS t (owner, name, due_at, data)
        ORDER BY t.owner COLLATE "C", t.name COLLATE "C"
        ON CONFLICT (owner, name) DO UPDATE SET due_at = excluded.due_at, data = excluded.data`,
    },
    remove: { name: "remove_timers", text: `SELECT ${schema}.remove_timers($1, $2, $3)` },
  } satisfies Record<string, Statement>;
}
