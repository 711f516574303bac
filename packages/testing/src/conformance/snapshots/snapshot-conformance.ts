import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
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

const behaviours: Behaviours = {
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

/**
 * Declares the tests that snapshots have to pass on every event store, through a domain as applications have it,
 * with an aggregate cache and without.
 */
export function snapshotConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
