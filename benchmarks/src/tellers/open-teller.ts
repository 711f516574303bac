import { join } from "node:path";

import type { Place } from "../program/place";
import { LeanMemoryTeller } from "./lean-memory-teller";
import { LeanPostgresTeller } from "./lean-postgres-teller";
import { LeanSqliteTeller } from "./lean-sqlite-teller";
import { MemoryTeller } from "./memory-teller";
import { PostgresTeller } from "./postgres-teller";
import { SqliteTeller } from "./sqlite-teller";
import { PLAIN, type Teller, type TellerOptions } from "./teller";
import { TidemarkTeller } from "./tidemark-teller";

/** The teller of one contender on one store, with whatever its earlier ones left in that store. */
export async function openTeller(place: Place, options = PLAIN): Promise<Teller> {
  switch (place.contender) {
    case "tidemark":
      return await TidemarkTeller.open(settingsOf(place), options);
    case "hand-written":
      return await handWritten(place, options);
    case "lean":
      return await lean(place, options);
  }
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

async function handWritten({ store, folder, url }: Place, options: TellerOptions): Promise<Teller> {
  switch (store) {
    case "memory":
      return new MemoryTeller(options);
    case "postgres":
      return await PostgresTeller.connect(url, options);
    default:
      return new SqliteTeller({ path: join(folder, "hand.db"), synchronous: synchronousOf(store) }, options);
  }
}

async function lean({ store, folder, url }: Place, options: TellerOptions): Promise<Teller> {
  switch (store) {
    case "memory":
      return new LeanMemoryTeller(options);
    case "postgres":
      return await LeanPostgresTeller.connect(url, options);
    default:
      return new LeanSqliteTeller({ path: join(folder, "lean.db"), synchronous: synchronousOf(store) }, options);
  }
}

export function synchronousOf(store: Place["store"]): "full" | "normal" {
  return store === "sqlite-full" ? "full" : "normal";
}
