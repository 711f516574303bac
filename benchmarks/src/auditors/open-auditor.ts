import { join } from "node:path";

import type { Place } from "../program/place";
import { MemoryTeller } from "../tellers/memory-teller";
import { settingsOf, synchronousOf } from "../tellers/open-teller";
import { PLAIN } from "../tellers/teller";
import type { Auditor } from "./auditor";
import { MemoryAuditor } from "./memory-auditor";
import { PostgresAuditor } from "./postgres-auditor";
import { SqliteAuditor } from "./sqlite-auditor";
import { TidemarkAuditor } from "./tidemark-auditor";

/** The auditor of one contender on one store. @param version another one has a checkpoint and states of its own. */
export async function openAuditor(place: Place, version: number): Promise<Auditor> {
  const process = `Audit${version}`;
  return place.contender === "tidemark"
    ? await TidemarkAuditor.open(settingsOf(place), process)
    : await handWritten(place, process);
}

async function handWritten({ store, folder, url }: Place, process: string): Promise<Auditor> {
  switch (store) {
    case "memory":
      return new MemoryAuditor(new MemoryTeller(PLAIN), process);
    case "postgres":
      return await PostgresAuditor.connect(url, process);
    default:
      return new SqliteAuditor({ path: join(folder, "hand.db"), synchronous: synchronousOf(store) }, process);
  }
}
