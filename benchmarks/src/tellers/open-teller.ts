import { join } from "node:path";

import type { Place } from "../program/place";
import { MemoryTeller } from "./memory-teller";
import { PostgresTeller } from "./postgres-teller";
import { SqliteTeller } from "./sqlite-teller";
import { PLAIN, type Teller, type TellerOptions } from "./teller";
import { TidemarkTeller } from "./tidemark-teller";

/** The teller of one contender on one store, with whatever its earlier ones left in that store. */
export async function openTeller({ contender, store, folder, url }: Place, options = PLAIN): Promise<Teller> {
  return contender === "tidemark"
    ? await TidemarkTeller.open(settingsOf({ store, folder, url }), options)
    : await handWritten(store, folder, url, options);
}

/** The event store of an application on Tidemark. */
export function settingsOf({ store, folder, url }: Pick<Place, "store" | "folder" | "url">) {
  switch (store) {
    case "memory":
      return { provider: "memory" };
    case "postgres":
      return { provider: "postgres", url };
    default:
      return { provider: "sqlite", path: join(folder, "tidemark.db"), synchronous: synchronousOf(store) };
  }
}

async function handWritten(
  store: Place["store"],
  folder: string,
  url: string,
  options: TellerOptions,
): Promise<Teller> {
  switch (store) {
    case "memory":
      return new MemoryTeller(options);
    case "postgres":
      return await PostgresTeller.connect(url, options);
    default:
      return new SqliteTeller({ path: join(folder, "hand.db"), synchronous: synchronousOf(store) }, options);
  }
}

export function synchronousOf(store: Place["store"]): "full" | "normal" {
  return store === "sqlite-full" ? "full" : "normal";
}
