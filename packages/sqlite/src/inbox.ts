import { type ReceiveMessage, refusedMessage } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** Which messages from outside were received already. */
export class Inbox {
  private readonly insert;
  private readonly select;
  private readonly deleteBefore;

  constructor(database: Database) {
    this.insert = database.prepare<[string, string, number]>(
      "INSERT INTO received_messages (inbox, id, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.select = database.values<[string, string], string>(
      "SELECT id FROM received_messages WHERE inbox = ? AND id = ?",
    );
    this.deleteBefore = database.prepare<[string, number]>(
      "DELETE FROM received_messages WHERE inbox = ? AND received_at < ?",
    );
  }

  received(inbox: string, ids: readonly string[]): readonly string[] {
    return [...new Set(ids)].filter((id) => this.select.get(inbox, id) !== undefined);
  }

  forget(inbox: string, before: number): number {
    return this.deleteBefore.run(inbox, before).changes;
  }

  /** @throws OperationConflictError for a message that is there already. */
  receive(operation: ReceiveMessage): void {
    const { inbox, id, receivedAt } = operation;
    if (this.insert.run(inbox, id, receivedAt).changes === 0) throw refusedMessage(operation);
  }
}
