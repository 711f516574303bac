import { join } from "node:path";

import type { Place } from "../program/place";
import { MemoryTeller } from "../tellers/memory-teller";
import { settingsOf, synchronousOf } from "../tellers/open-teller";
import { PLAIN } from "../tellers/teller";
import type { Bookkeeper, BookkeeperOptions } from "./bookkeeper";
import { MemoryBookkeeper } from "./memory-bookkeeper";
import { PostgresBookkeeper } from "./postgres-bookkeeper";
import { SqliteBookkeeper } from "./sqlite-bookkeeper";
import { TidemarkBookkeeper } from "./tidemark-bookkeeper";

/** The bookkeeper of one contender on one store. */
export async function openBookkeeper(place: Place, options: BookkeeperOptions): Promise<Bookkeeper> {
  return place.contender === "tidemark"
    ? await TidemarkBookkeeper.open(settingsOf(place), options)
    : await handWritten(place, options);
}

async function handWritten({ store, folder, url }: Place, options: BookkeeperOptions): Promise<Bookkeeper> {
  switch (store) {
    case "memory":
      return new MemoryBookkeeper(new MemoryTeller(PLAIN));
    case "postgres":
      return await PostgresBookkeeper.connect(url, options);
    default:
      return new SqliteBookkeeper({ path: join(folder, "hand.db"), synchronous: synchronousOf(store) }, options);
  }
}
