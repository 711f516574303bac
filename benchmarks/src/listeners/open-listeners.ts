import { join } from "node:path";

import type { Place } from "../program/place";
import { MemoryTeller } from "../tellers/memory-teller";
import { settingsOf, synchronousOf } from "../tellers/open-teller";
import { PLAIN } from "../tellers/teller";
import { HandWrittenListeners, type HandWrittenLog } from "./hand-written-listeners";
import type { Listeners, ListenersOptions } from "./listeners";
import { MemoryLog } from "./memory-log";
import { PostgresLog } from "./postgres-log";
import { SqliteLog } from "./sqlite-log";
import { TidemarkListeners } from "./tidemark-listeners";

/** The listeners of one contender on one store. */
export async function openListeners(place: Place, options: ListenersOptions): Promise<Listeners> {
  return place.contender === "tidemark"
    ? await TidemarkListeners.open(settingsOf(place), options)
    : new HandWrittenListeners(await handWrittenLog(place), options);
}

async function handWrittenLog({ store, folder, url }: Place): Promise<HandWrittenLog> {
  switch (store) {
    case "memory":
      return new MemoryLog(new MemoryTeller(PLAIN));
    case "postgres":
      return await PostgresLog.connect(url);
    default:
      return new SqliteLog({ path: join(folder, "hand.db"), synchronous: synchronousOf(store) });
  }
}
