import type { OperationConflictError } from "@tidemark/core";
import { type InboxStore, type Operation, type ReceiveMessage, refusedMessage } from "@tidemark/core/adapter";

import { bigintArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { Refusal } from "./refused-operation";
import { READ, WRITE } from "./unavailable";
import type { Call, Statement } from "./work";

/** Which messages from outside were received already, in the table `received_messages`. */
export class PostgresInbox implements InboxStore {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async received(inbox: string, ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const rows = await this.connections.run(READ, this.statements.received, [inbox, textArray(ids)]);
    const received = new Set(rows.map(([id]) => id!));
    return [...new Set(ids)].filter((id) => received.has(id));
  }

  async forget(inbox: string, before: number): Promise<number> {
    const [row] = await this.connections.run(WRITE, this.statements.forget, [inbox, before]);
    return Number(row![0]);
  }

  /** The statement that notes all messages of these operations. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const messages = messagesIn(operations);
    if (messages.length === 0) return [];
    const values = [
      textArray(messages.map(({ inbox }) => inbox)),
      textArray(messages.map(({ id }) => id)),
      bigintArray(messages.map(({ receivedAt }) => receivedAt)),
    ];
    return [{ statement: this.statements.receive, values }];
  }
}

export function messageRefusal({ number }: Refusal, operations: readonly Operation[]): OperationConflictError {
  return refusedMessage(messagesIn(operations)[number - 1]!);
}

function messagesIn(operations: readonly Operation[]): readonly ReceiveMessage[] {
  return operations.filter((operation) => operation.kind === "receiveMessage");
}

function statementsFor(schema: string) {
  const messages = `${schema}.received_messages`;
  return {
    received: {
      name: "received_messages",
      text: `SELECT id FROM ${messages} WHERE inbox = $1 AND id = ANY ($2::text[])`,
    },
    /** Whoever forgets at the same time forgets the others. */
    forget: {
      name: "forget_messages",
      text: `
        WITH past AS MATERIALIZED (
          SELECT inbox, id FROM ${messages} WHERE inbox = $1 AND received_at < $2 FOR UPDATE SKIP LOCKED
        ), forgotten AS (
          DELETE FROM ${messages} m USING past WHERE m.inbox = past.inbox AND m.id = past.id RETURNING 1
        )
        SELECT count(*) FROM forgotten`,
    },
    receive: { name: "receive_messages", text: `SELECT ${schema}.receive_messages($1, $2, $3)` },
  } satisfies Record<string, Statement>;
}
