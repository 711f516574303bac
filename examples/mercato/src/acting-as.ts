import { AsyncLocalStorage } from "node:async_hooks";

const acting = new AsyncLocalStorage<string>();

/** Runs `work` in somebody's name, which every event of that work carries. */
export function actingAs<T>(name: string, work: () => T): T {
  return acting.run(name, work);
}

/** Returns the name that the running code acts in; the shop's own outside of `actingAs`. */
export function actingName(): string {
  return acting.getStore() ?? "mercato";
}
