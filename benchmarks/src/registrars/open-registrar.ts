import { join } from "node:path";

import type { Place } from "../program/place";
import { settingsOf, synchronousOf } from "../tellers/open-teller";
import { MemoryRegistrar } from "./memory-registrar";
import { PostgresRegistrar } from "./postgres-registrar";
import type { Registrar, RegistrarOptions } from "./registrar";
import { SqliteRegistrar } from "./sqlite-registrar";
import { TidemarkRegistrar } from "./tidemark-registrar";

/** The registrar of one contender on one store, with whatever its earlier ones left in that store. */
export async function openRegistrar(place: Place, options: RegistrarOptions): Promise<Registrar> {
  return place.contender === "tidemark"
    ? await TidemarkRegistrar.open(settingsOf(place), options)
    : await handWritten(place, options);
}

async function handWritten({ store, folder, url }: Place, options: RegistrarOptions): Promise<Registrar> {
  switch (store) {
    case "memory":
      return new MemoryRegistrar(options);
    case "postgres":
      return await PostgresRegistrar.connect(url, options);
    default:
      return new SqliteRegistrar({ path: join(folder, "hand.db"), synchronous: synchronousOf(store) }, options);
  }
}
