import { join } from "node:path";

import type { Place } from "../program/place";
import { MemoryTeller } from "../tellers/memory-teller";
import { settingsOf, synchronousOf } from "../tellers/open-teller";
import { PLAIN } from "../tellers/teller";
import type { Clerk } from "./clerk";
import { MemoryClerk } from "./memory-clerk";
import { PostgresClerk } from "./postgres-clerk";
import { SqliteClerk } from "./sqlite-clerk";
import { TidemarkClerk } from "./tidemark-clerk";

/** The clerk of one contender on one store. */
export async function openClerk(place: Place): Promise<Clerk> {
  return place.contender === "tidemark" ? await TidemarkClerk.open(settingsOf(place)) : await handWritten(place);
}

async function handWritten({ store, folder, url }: Place): Promise<Clerk> {
  switch (store) {
    case "memory":
      return new MemoryClerk(new MemoryTeller(PLAIN));
    case "postgres":
      return await PostgresClerk.connect(url);
    default:
      return new SqliteClerk({ path: join(folder, "hand.db"), synchronous: synchronousOf(store) });
  }
}
