import { AsyncLocalStorage } from "node:async_hooks";

const acting = new AsyncLocalStorage<string>();

/** Runs `work` in somebody's name: it stands with every event that comes of it. */
export function actingAs<T>(name: string, work: () => T): T {
  return acting.run(name, work);
}

/** In whose name this runs; the shop's own where nobody has said. */
export function actingName(): string {
  return acting.getStore() ?? "mercato";
}
