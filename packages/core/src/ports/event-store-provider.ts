import type { ZodObject } from "zod";

import type { EventStoreAdapter } from "./event-store-adapter";

/**
 * What a package exports under the name `provider` so that `provider = "<package>"` in domain.toml finds it.
 *
 * ```ts
 * export const provider: EventStoreProvider = {
 *   settings: z.strictObject({ path: z.string() }),
 *   create: ({ path }, { root }) => new SqliteEventStore({ path: resolve(root, path) }),
 * };
 * ```
 */
export interface EventStoreProvider<Settings extends ZodObject = ZodObject> {
  /** The keys of `[event_store]` besides `provider`, in the file's own spelling. Faults are reported with file and line. */
  readonly settings: Settings;
  /** Makes the adapter; nothing is opened yet. */
  create(settings: Settings["_output"], context: EventStoreContext): EventStoreAdapter;
}

/** What a provider is told besides its settings. */
export interface EventStoreContext {
  /** The folder that relative paths start from: that of domain.toml, else the domain's `root`. */
  readonly root: string;
  readonly domain: string;
}
