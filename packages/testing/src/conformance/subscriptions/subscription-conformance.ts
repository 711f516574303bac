import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { delivering } from "./delivering";
import { exactlyOnce } from "./exactly-once";
import { failing } from "./failing";
import { replacing } from "./replacing";
import { sharing } from "./sharing";
import { waiting } from "./waiting";

const behaviours: Behaviours = {
  "the events of subscriptions": delivering,
  "what subscriptions store": exactlyOnce,
  "subscriptions that fail": failing,
  "subscriptions that replace others": replacing,
  "subscriptions that servers share": sharing,
  "waiting for subscriptions": waiting,
};

/**
 * Declares the tests that subscriptions have to pass on every event store with operations: through a domain as applications have it,
 * its projections, its event handlers and its server.
 */
export function subscriptionConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
