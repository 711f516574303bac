import { testRunner } from "../test-runner";
import { abilities } from "./abilities";
import { appending } from "./appending";
import { atomicity } from "./atomicity";
import { categories } from "./categories";
import { concurrency } from "./concurrency";
import { damageOf } from "./damage";
import { expectedVersions } from "./expected-versions";
import { globalOrder } from "./global-order";
import { idempotentAppend } from "./idempotent-append";
import { identifiers } from "./identifiers";
import { isolationOfReturnedValues } from "./isolation-of-returned-values";
import { largeAppends } from "./large-appends";
import { lifecycle } from "./lifecycle";
import { listingStreams } from "./listing-streams";
import { loading } from "./loading";
import { randomHistories } from "./random-histories";
import { readingStreams } from "./reading-streams";
import { snapshots } from "./snapshots";
import { type EventStoreConformance, StoreUnderTest } from "./store-under-test";
import { values } from "./values";
import { verify } from "./verify";

/** In this order: what a store declares comes first. */
const behaviours: Readonly<Record<string, (at: StoreUnderTest) => void>> = {
  abilities,
  appending,
  "expected versions": expectedVersions,
  concurrency,
  "idempotent append": idempotentAppend,
  atomicity,
  "large appends": largeAppends,
  "reading streams": readingStreams,
  categories,
  "global order": globalOrder,
  identifiers,
  values,
  "isolation of returned values": isolationOfReturnedValues,
  loading,
  snapshots,
  "listing streams": listingStreams,
  verify,
  lifecycle,
  "random histories": randomHistories,
};

/**
 * Declares the tests that every event store has to pass, whoever wrote it: under jest, or under `node --test`.
 *
 * ```ts
 * eventStoreConformance({
 *   name: "the memory event store",
 *   abilities: { durable: false, sharedByProcesses: false, detectsDamage: false },
 *   open: async () => openMemoryStore(),
 * });
 * ```
 *
 * Every test gets a store of its own from `open` and disposes of it.
 */
export function eventStoreConformance(conformance: EventStoreConformance): void {
  const { describe, beforeEach, afterEach } = testRunner();
  const { name, abilities, damage } = conformance;
  const suites = Object.entries(behaviours);
  if (abilities.detectsDamage && damage) suites.push(["damage", damageOf(damage)]);
  for (const [title, declare] of suites) {
    describe(`${name}: ${title}`, () => {
      const at = new StoreUnderTest(conformance);
      beforeEach(() => at.open());
      afterEach(() => at.dispose());
      declare(at);
    });
  }
}
