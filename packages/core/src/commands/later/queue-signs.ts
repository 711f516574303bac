import type { QueueEntryState } from "../../ports/command-queue";

/** How a command of the queue has ended, as it is stored. */
export interface SettledEntry {
  readonly id: string;
  /** The stored type of the command. */
  readonly type: string;
  readonly state: QueueEntryState;
  readonly attempts: number;
  /** JSON text; undefined without. */
  readonly outcome?: string | undefined;
}

type EnqueuedListener = (lane: string | undefined) => void;

type SettledListener = (settled: SettledEntry) => void;

/** Tells what this process has done to the queue of commands, after the commit. What others have done has to be looked for. */
export class QueueSigns {
  readonly #settled = new Map<string, Set<SettledListener>>();
  readonly #parked = new Set<SettledListener>();
  readonly #enqueued = new Set<EnqueuedListener>();

  /** Tells that there may be something to carry out. @param lane where it is; absent where others need not be told. */
  enqueued(lane?: string): void {
    for (const listener of this.#enqueued) listener(lane);
  }

  /** Calls `listener` when there may be something to carry out. @returns a function that ends it. */
  onEnqueued(listener: EnqueuedListener): () => void {
    this.#enqueued.add(listener);
    return () => void this.#enqueued.delete(listener);
  }

  /** Tells that a command is finished, or parked. */
  settled(settled: SettledEntry): void {
    for (const listener of this.#settled.get(settled.id) ?? []) listener(settled);
    if (settled.state === "parked") for (const listener of this.#parked) listener(settled);
  }

  /** Calls `listener` with each command that this process has parked. @returns a function that ends it. */
  onParked(listener: SettledListener): () => void {
    this.#parked.add(listener);
    return () => void this.#parked.delete(listener);
  }

  /** Calls `listener` when a command was finished or parked by this process. @returns a function that ends it. */
  onSettled(id: string, listener: SettledListener): () => void {
    const listeners = this.#settled.get(id) ?? new Set();
    this.#settled.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#settled.delete(id);
    };
  }
}
