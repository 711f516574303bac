import { byCodePoints } from "../code-point-order";
import type { PutParked, RemoveParked } from "../operations";
import { refusedParked } from "../refused-operation";
import type { ParkedFilter, ParkedKey } from "../subscription-store";

type Place = Pick<ParkedKey, "subscription" | "key" | "position">;

/** The keys that are set aside in a `MemoryEventStore`. */
export class MemoryParkedKeys {
  readonly #parked = new Map<string, ParkedKey>();

  read({ subscription, keys, states, after, limit }: ParkedFilter): readonly ParkedKey[] {
    return [...this.#parked.values()]
      .filter((parked) => subscription === undefined || parked.subscription === subscription)
      .filter((parked) => keys?.includes(parked.key) ?? true)
      .filter((parked) => states?.includes(parked.state) ?? true)
      .filter((parked) => after === undefined || inOrder(parked, after) > 0)
      .sort(inOrder)
      .slice(0, limit)
      .map(copyOf);
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  put({ parked, expected }: PutParked): () => void {
    this.#check(parked, expected);
    const stored = copyOf({ ...parked, revision: expected === null ? 0 : expected + 1 });
    return () => void this.#parked.set(placeOf(parked), stored);
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  remove(operation: RemoveParked): () => void {
    this.#check(operation, operation.expected);
    return () => void this.#parked.delete(placeOf(operation));
  }

  #check(place: Place, expected: number | null): void {
    const actual = this.#parked.get(placeOf(place))?.revision ?? null;
    if (actual !== expected) throw refusedParked(place, expected, actual);
  }
}

function inOrder(a: Place, b: Place): number {
  return byCodePoints(a.subscription, b.subscription) || byCodePoints(a.key, b.key) || a.position - b.position;
}

function placeOf({ subscription, key, position }: Place): string {
  return JSON.stringify([subscription, key, position]);
}

/** Apart from the caller's: bytes could be changed in place. */
function copyOf({ dueAt, payload, ...parked }: ParkedKey): ParkedKey {
  return {
    ...parked,
    ...(dueAt !== undefined && { dueAt }),
    ...(payload !== undefined && { payload: Uint8Array.from(payload) }),
  };
}
