import { AsyncLocalStorage } from "node:async_hooks";
import { randomFillSync } from "node:crypto";
import { v7 as uuid } from "uuid";

/** Makes the ids of events, commands, correlations and new aggregates. No two ids are the same. */
export interface IdGenerator {
  /** Returns a new id: text that was never returned before and is valid in the name of a stream. */
  next(): string;
}

/** The bytes of one id, and of how many ids the system is asked for at once: a call for each would cost more than the id. */
const BYTES = 16;
const IDS_AT_ONCE = 256;

/** Makes UUIDs of version 7, which sort by the order in which they were made in the process. */
class UuidGenerator implements IdGenerator {
  readonly #random = new Uint8Array(BYTES * IDS_AT_ONCE);
  #used = this.#random.length;
  #msecs = 0;
  #seq = 0;

  next(): string {
    const random = this.#nextRandom();
    const now = Date.now();
    if (now > this.#msecs) {
      this.#msecs = now;
      // Half of the numbers are left for the ids of the same millisecond.
      this.#seq = ((random[6]! & 0x7f) << 24) | (random[7]! << 16) | (random[8]! << 8) | random[9]!;
    } else {
      this.#seq = (this.#seq + 1) >>> 0;
      if (this.#seq === 0) this.#msecs++;
    }
    return uuid({ random, msecs: this.#msecs, seq: this.#seq });
  }

  #nextRandom(): Uint8Array {
    if (this.#used === this.#random.length) {
      randomFillSync(this.#random);
      this.#used = 0;
    }
    const first = this.#used;
    this.#used += BYTES;
    return this.#random.subarray(first, this.#used);
  }
}

export const uuidGenerator: IdGenerator = new UuidGenerator();

const running = new AsyncLocalStorage<IdGenerator>();

/**
 * Returns the id of an aggregate or an entity that is made without one: inside a unit of work from the generator of its domain,
 * elsewhere from the default generator. `createNew()` is static and knows no domain.
 */
export function newAggregateId(): string {
  return inForce().next();
}

/** Runs `body`, and everything that it awaits, with aggregate ids from this generator. */
export function withAggregateIds<T>(ids: IdGenerator, body: () => T): T {
  return running.run(ids, body);
}

/** True where aggregate ids come from this generator already. */
export function isInForce(ids: IdGenerator): boolean {
  return inForce() === ids;
}

function inForce(): IdGenerator {
  return running.getStore() ?? uuidGenerator;
}
