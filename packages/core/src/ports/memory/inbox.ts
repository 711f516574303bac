import type { ReceiveMessage } from "../operations";
import { refusedMessage } from "../refused-operation";
import type { InboxStore } from "../subscription-store";

/** Which messages from outside a `MemoryEventStore` knows. */
export class MemoryInbox implements InboxStore {
  /** By inbox, then by the id of the message: when it was received. */
  readonly #inboxes = new Map<string, Map<string, number>>();

  received(inbox: string, ids: readonly string[]): readonly string[] {
    return [...new Set(ids)].filter((id) => this.#inboxes.get(inbox)?.has(id));
  }

  forget(inbox: string, before: number): number {
    const received = this.#inboxes.get(inbox) ?? new Map<string, number>();
    const old = [...received].filter(([, receivedAt]) => receivedAt < before);
    for (const [id] of old) received.delete(id);
    return old.length;
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  receive(operation: ReceiveMessage): () => void {
    const { inbox, id, receivedAt } = operation;
    if (this.#inboxes.get(inbox)?.has(id)) throw refusedMessage(operation);
    return () => {
      const received = this.#inboxes.get(inbox) ?? new Map<string, number>();
      this.#inboxes.set(inbox, received.set(id, receivedAt));
    };
  }
}
