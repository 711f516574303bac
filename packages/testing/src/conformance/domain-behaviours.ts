import type { ConfigInput } from "@tidemark/core";

import { closeDomains, configureDomains } from "./domain-under-test";
import { type EventStoreConformance, StoreUnderTest } from "./event-store/store-under-test";
import { testRunner } from "./test-runner";

/** A title, and the tests that go by it. */
export type Behaviours = Readonly<Record<string, (at: StoreUnderTest) => void>>;

/** Whatever a domain promises holds with aggregates in memory and without. */
const SETTINGS: Readonly<Record<string, ConfigInput>> = {
  "": { cache: { max_aggregates: 0 } },
  ", with cached aggregates": { cache: { max_aggregates: 100 } },
};

/** Declares tests of domains: each on a new store, and under each of the settings. */
export function declareBehaviours({ behaviours, on }: { behaviours: Behaviours; on: EventStoreConformance }): void {
  const { describe, beforeEach, afterEach } = testRunner();
  for (const [setting, config] of Object.entries(SETTINGS)) {
    for (const [title, declare] of Object.entries(behaviours)) {
      describe(`${title} on ${on.name}${setting}`, () => {
        const at = new StoreUnderTest(on);
        beforeEach(async () => {
          configureDomains(config);
          await at.open();
        });
        afterEach(async () => {
          await closeDomains();
          await at.dispose();
        });
        declare(at);
      });
    }
  }
}
