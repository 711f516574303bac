import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import type { EventStoreConformance } from "../event-store/store-under-test";
import { delivering } from "./delivering";
import { exactlyOnce } from "./exactly-once";
import { failing } from "./failing";
import { fencing } from "./fencing";
import { forgetting } from "./forgetting";
import { parking } from "./parking";
import { replacing } from "./replacing";
import { retrying } from "./retrying";
import { sharing } from "./sharing";
import { waiting } from "./waiting";

const behaviours: Behaviours = {
  "the events of subscriptions": delivering,
  "what subscriptions store": exactlyOnce,
  "subscriptions that fail": failing,
  "keys that are set aside": parking,
  "keys that are done again": retrying,
  "subscriptions that replace others": replacing,
  "subscriptions in buckets": sharing,
  "subscriptions that servers share": fencing,
  "waiting for subscriptions": waiting,
  "events that are kept for a time": forgetting,
};

/**
 * Declares the tests that subscriptions have to pass on every event store with operations: through a domain as applications have it,
 * its projections, its event handlers and its server.
 */
export function subscriptionConformance(conformance: EventStoreConformance): void {
  declareBehaviours({ behaviours, on: conformance });
}
