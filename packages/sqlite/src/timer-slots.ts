import { bucketOf } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** As many slots as keys of subscriptions have: `part` of `due` divides them. */
const SLOTS = 65_536;

/** The slot of a timer's owner, which is stored beside it. */
export function slotOf(owner: string): number {
  return bucketOf(owner, SLOTS);
}

/** Stores the slots of timers that an older version has set. */
export function fillTimerSlots(database: Database): void {
  const update = database.prepare<[number, string]>("UPDATE timers SET slot = ? WHERE owner = ?");
  for (const owner of database.values<[], string>("SELECT DISTINCT owner FROM timers").all())
    update.run(slotOf(owner), owner);
}
