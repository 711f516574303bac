import { abandon, isPromise } from "../errors/returned-promise";

/**
 * The listeners of a log's appends, as `EventLog.onAppend` promises them.
 *
 * What a listener throws, or what the promise that it returns rejects with, is dropped: neither the append nor another listener may suffer from it.
 */
export class AppendListeners {
  readonly #listeners = new Set<() => void>();
  #isNotifying = false;

  /** How many there are. */
  get size(): number {
    return this.#listeners.size;
  }

  /** @returns a function that removes the listener. A function that is added twice is two listeners. */
  add(listener: () => void): () => void {
    const added = () => listener();
    this.#listeners.add(added);
    return () => void this.#listeners.delete(added);
  }

  /** Removes all listeners. */
  clear(): void {
    this.#listeners.clear();
  }

  /** Calls every listener soon, after the caller's own work; notifications until then share one call. */
  notify(): void {
    if (this.#isNotifying || this.#listeners.size === 0) return;
    this.#isNotifying = true;
    // Not `queueMicrotask`, which fake timers replace.
    void Promise.resolve().then(() => {
      this.#isNotifying = false;
      for (const listener of this.#listeners) callSafely(listener);
    });
  }
}

function callSafely(listener: () => unknown): void {
  try {
    const returned = listener();
    if (isPromise(returned)) abandon(returned);
  } catch {
    // A listener is a sign to read on; whoever needs its errors catches them itself.
  }
}
