import type { Enqueue, Operation } from "../../ports/operations";
import type { Participant } from "../../unit-of-work/participant";

/** The commands that a unit of work puts into the queue, or takes out of it, when it is committed. */
export class EntriesOfUnit implements Participant {
  readonly #entries = new Map<string, { readonly operation: Operation; readonly committed: () => void }>();

  /** Puts an operation in the place of what the unit does to the entry otherwise. @param committed called after the commit. */
  add(id: string, operation: Operation, committed: () => void): void {
    this.#entries.set(id, { operation, committed });
  }

  /** The entry that the unit puts into the queue under an id; undefined where it does not. */
  find(id: string): Enqueue | undefined {
    const operation = this.#entries.get(id)?.operation;
    return operation?.kind === "enqueue" ? operation : undefined;
  }

  remove(id: string): void {
    this.#entries.delete(id);
  }

  also(): readonly Operation[] {
    return Array.from(this.#entries.values(), ({ operation }) => operation);
  }

  committed(): void {
    for (const { committed } of this.#entries.values()) committed();
  }
}
