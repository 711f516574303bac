import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { failingStore } from "./failing-store";
import { operating } from "./operating";
import { orders } from "./orders";
import { rejecting } from "./rejecting";
import { stepping } from "./stepping";
import { timing } from "./timing";
import { versions } from "./versions";

const behaviours: Behaviours = {
  "the steps of process managers": stepping,
  "the timers of process managers": timing,
  "the commands of process managers": rejecting,
  "process managers on a store that fails": failingStore,
  "operators of process managers": operating,
  "the orders of events of process managers": orders,
  "the states of process managers over releases": versions,
};

/**
 * Declares the tests that process managers and timers have to pass on every event store with operations: through a domain as applications
 * have it.
 */
export function processConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
