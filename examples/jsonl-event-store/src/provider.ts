import { resolve } from "node:path";

import type { EventStoreProvider } from "@tidemark/core/adapter";
import { z } from "zod";

import { JsonlEventStore } from "./jsonl-event-store";

const settings = z.strictObject({ path: z.string().min(1), flush: z.boolean().default(true) });

/** `provider = "@tidemark/example-jsonl-event-store"` in domain.toml. */
export const provider: EventStoreProvider<typeof settings> = {
  settings,
  create: ({ path, flush }, { root }) => new JsonlEventStore({ path: resolve(root, path), flush }),
};
