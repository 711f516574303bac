import type { OperationConflictError } from "@tidemark/core";
import {
  type CommandQueue,
  type Dequeue,
  type Enqueue,
  type Operation,
  type QueueEntry,
  refusedDequeue,
} from "@tidemark/core/adapter";

import { bigintArray, doubleArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { Refusal } from "./refused-operation";
import { READ } from "./unavailable";
import type { Call, Row, Statement } from "./work";

/** Commands that wait to be carried out, in the table `command_queue`. */
export class PostgresCommandQueue implements CommandQueue {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async waiting(lane: string, now: number, limit: number): Promise<readonly QueueEntry[]> {
    return (await this.connections.run(READ, this.statements.waiting, [lane, now, limit])).map(entryOf);
  }

  async find(id: string): Promise<QueueEntry | undefined> {
    const [row] = await this.connections.run(READ, this.statements.find, [id]);
    return row && entryOf(row);
  }

  /** The statements that add and take out all entries of these operations. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const entries = operations
      .filter((operation): operation is Enqueue => operation.kind === "enqueue")
      .map(({ entry }) => entry);
    const taken = takenIn(operations);
    const calls: Call[] = [];
    if (entries.length > 0) {
      const values = [
        textArray(entries.map(({ id }) => id)),
        textArray(entries.map(({ lane }) => lane)),
        doubleArray(entries.map(({ priority }) => priority)),
        bigintArray(entries.map(({ dueAt }) => dueAt)),
        textArray(entries.map(({ data }) => data)),
      ];
      calls.push({ statement: this.statements.enqueue, values });
    }
    if (taken.length > 0) {
      calls.push({ statement: this.statements.dequeue, values: [textArray(taken.map(({ id }) => id))] });
    }
    return calls;
  }
}

export function dequeueRefusal({ number }: Refusal, operations: readonly Operation[]): OperationConflictError {
  return refusedDequeue(takenIn(operations)[number - 1]!);
}

function takenIn(operations: readonly Operation[]): readonly Dequeue[] {
  return operations.filter((operation) => operation.kind === "dequeue");
}

function entryOf([id, lane, priority, dueAt, data]: Row): QueueEntry {
  return { id: id!, lane: lane!, priority: Number(priority), dueAt: Number(dueAt), data: data! };
}

function statementsFor(schema: string) {
  const queue = `${schema}.command_queue`;
  const select = `SELECT id, lane, priority, due_at, data FROM ${queue}`;
  return {
    waiting: {
      name: "waiting_commands",
      text: `${select} WHERE lane = $1 AND due_at <= $2 ORDER BY priority DESC, due_at, id LIMIT $3`,
    },
    find: { name: "find_command", text: `${select} WHERE id = $1` },
    enqueue: {
      name: "enqueue",
      text: `
        INSERT INTO ${queue} (id, lane, priority, due_at, data)
        SELECT * FROM unnest($1::text[], $2::text[], $3::double precision[], $4::bigint[], $5::text[])
          AS e (id, lane, priority, due_at, data)
        ORDER BY e.id COLLATE "C"
        ON CONFLICT (id) DO NOTHING`,
    },
    dequeue: { name: "dequeue", text: `SELECT ${schema}.dequeue($1)` },
  } satisfies Record<string, Statement>;
}
