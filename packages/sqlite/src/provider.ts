import { resolve } from "node:path";

import type { EventStoreProvider } from "@tidemark/core/adapter";
import { z } from "zod";

import { DRIVERS } from "./drivers/database";
import { IN_MEMORY } from "./open-database";
import { SqliteEventStore } from "./sqlite-event-store";

const settings = z.strictObject({
  path: z.string().min(1),
  synchronous: z.enum(["full", "normal"]).default("full"),
  busy_timeout_ms: z.int().positive().default(5_000),
  driver: z.enum(DRIVERS).optional(),
});

/** `provider = "sqlite"` in domain.toml. */
export const provider: EventStoreProvider<typeof settings> = {
  settings,
  create: ({ path, synchronous, busy_timeout_ms: busyTimeoutMs, driver }, { root }) => {
    const file = path === IN_MEMORY ? path : resolve(root, path);
    return new SqliteEventStore({ path: file, synchronous, busyTimeoutMs, ...(driver && { driver }) });
  },
};
