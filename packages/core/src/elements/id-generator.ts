import { AsyncLocalStorage } from "node:async_hooks";

import { UuidGenerator } from "./uuid-generator";

/** Makes the ids of events, commands, correlations and new aggregates. No two ids are the same. */
export interface IdGenerator {
  /** Returns a new id: text that was never returned before and is valid in the name of a stream. */
  next(): string;
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
