import { AsyncLocalStorage } from "node:async_hooks";
import { v7 as uuid } from "uuid";

/** Makes the ids of events, commands, correlations and new aggregates. No two are the same. */
export interface IdGenerator {
  /** A new id: text that was never returned before and is valid in the name of a stream. */
  next(): string;
}

/** UUIDs of version 7, which sort by the time they were made. */
export const uuidGenerator: IdGenerator = { next: () => uuid() };

const running = new AsyncLocalStorage<IdGenerator>();

/**
 * The id of an aggregate or an entity that is made without one. `createNew()` is static and knows no domain: inside a unit of work it
 * asks the generator of that unit's domain, elsewhere the default.
 */
export function newAggregateId(): string {
  return inForce().next();
}

/** Runs `body`, and all that it awaits, with aggregate ids from this generator. */
export function withAggregateIds<T>(ids: IdGenerator, body: () => T): T {
  return running.run(ids, body);
}

/** Whether aggregate ids come from this generator already. */
export function isInForce(ids: IdGenerator): boolean {
  return inForce() === ids;
}

function inForce(): IdGenerator {
  return running.getStore() ?? uuidGenerator;
}
