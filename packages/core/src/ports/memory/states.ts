import type { DeleteState, PutState } from "../operations";
import { refusedState } from "../refused-operation";
import type { StateStore, StoredState } from "../state-store";
import type { StreamPage, StreamRef } from "../stored-message";
import { SortedStreams } from "./sorted-streams";

/** The states of a `MemoryEventStore`. */
export class MemoryStates implements StateStore {
  readonly #states = new Map<string, StoredState>();
  readonly #categories = new Map<string, SortedStreams<StoredState>>();

  load({ stream }: StreamRef): StoredState | undefined {
    return this.#states.get(stream);
  }

  loadAll(streams: readonly StreamRef[]): readonly StoredState[] {
    const names = new Set(streams.map(({ stream }) => stream));
    return [...names].map((stream) => this.#states.get(stream)).filter((state) => state !== undefined);
  }

  list(category: string, page: StreamPage): readonly StoredState[] {
    const streams = this.#categories.get(category)?.list(page) ?? [];
    return streams.map((stream) => this.#states.get(stream)!);
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  put({ state, expectedVersion }: PutState): () => void {
    this.#check(state.stream, expectedVersion);
    const stored = Object.freeze({ ...state });
    return () => {
      const ofCategory = this.#categories.get(stored.category) ?? new SortedStreams<StoredState>();
      this.#categories.set(stored.category, ofCategory);
      ofCategory.set(stored.stream, stored);
      this.#states.set(stored.stream, stored);
    };
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  delete({ stream, expectedVersion }: DeleteState): () => void {
    this.#check(stream, expectedVersion);
    return () => {
      const stored = this.#states.get(stream);
      if (stored === undefined) return;
      this.#states.delete(stream);
      this.#categories.get(stored.category)?.delete(stream);
    };
  }

  #check(stream: string, expected: number): void {
    const actual = this.#states.get(stream)?.version ?? -1;
    if (actual !== expected) throw refusedState(stream, expected, actual);
  }
}
