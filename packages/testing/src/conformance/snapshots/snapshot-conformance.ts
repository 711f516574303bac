import type { ConfigInput } from "@tidemark/core";

import { type EventStoreConformance, StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { configureBanks } from "./bank-under-test";
import { creation } from "./creation";
import { decimals } from "./decimals";
import { entities } from "./entities";
import { failing } from "./failing";
import { migrations } from "./migrations";
import { overview } from "./overview";
import { racing } from "./racing";
import { retention } from "./retention";
import { schema } from "./schema";
import { tails } from "./tails";
import { tutorial } from "./tutorial";
import { unusable } from "./unusable";
import { using } from "./using";
import { verifying } from "./verifying";
import { writing } from "./writing";

const behaviours: Readonly<Record<string, (at: StoreUnderTest) => void>> = {
  "a snapshot": writing,
  "a snapshot in use": using,
  "a snapshot that cannot be used": unusable,
  "snapshot failures": failing,
  "snapshot races": racing,
  "the schema of a snapshot": schema,
  "snapshot migrations": migrations,
  decimals,
  "snapshot creation": creation,
  "snapshot retention": retention,
  "entities and value objects": entities,
  "the verification of snapshots": verifying,
  "the overview of snapshots": overview,
  "snapshots with their tails": tails,
  "the snapshots of the tutorials": tutorial,
};

export interface SnapshotConformance extends EventStoreConformance {
  /** Settings of domain.toml that every test runs under, such as those of the cache; the title is to name them. */
  readonly config?: ConfigInput;
}

/** Declares the tests that snapshots have to pass on every event store, through a domain as applications have it. */
export function snapshotConformance(conformance: SnapshotConformance): void {
  const { describe, beforeEach, afterEach } = testRunner();
  for (const [title, declare] of Object.entries(behaviours)) {
    describe(`${title} on ${conformance.name}`, () => {
      const at = new StoreUnderTest(conformance);
      beforeEach(async () => {
        configureBanks(conformance.config ?? {});
        await at.open();
      });
      afterEach(() => at.dispose());
      declare(at);
    });
  }
}
