import type { AggregateOptions } from "@tidemark/core";

import { type Behaviours, declareBehaviours } from "../domain-behaviours";
import { abilities } from "../event-store/abilities";
import type { EventStoreConformance, StoreUnderTest } from "../event-store/store-under-test";
import { changingStateAlone } from "./changing-state-alone";
import { conflicts } from "./conflicts";
import { idempotency } from "./idempotency";

const AS_EVENTS: AggregateOptions = { stored: "events" };
const AS_STATE: AggregateOptions = { stored: "state" };
const AS_BOTH: AggregateOptions = { stored: "both", truth: "events" };

const ofEvents: Behaviours = {
  "the abilities that commands rely on": abilities,
  ...commandsOn("events", AS_EVENTS),
};

const ofRows: Behaviours = {
  ...commandsOn("state", AS_STATE),
  "commands that change aggregates and raise no event": (at) => changingStateAlone(at, AS_STATE),
  ...commandsOn("both", AS_BOTH),
};

/**
 * Declares the tests that commands have to pass on every event store, through a domain as applications have it,
 * with an aggregate cache and without. A store without operations has no aggregates but those that are stored as events.
 */
export function commandConformance(conformance: EventStoreConformance): void {
  const hasRows = !conformance.leavesOut?.includes("operations");
  declareBehaviours({ behaviours: { ...ofEvents, ...(hasRows && ofRows) }, on: conformance });
}

function commandsOn(stored: string, storage: AggregateOptions): Behaviours {
  return {
    [`commands with an idempotency key over aggregates stored as ${stored}`]: (at: StoreUnderTest) =>
      idempotency(at, storage),
    [`conflicts of commands over aggregates stored as ${stored}`]: (at: StoreUnderTest) => conflicts(at, storage),
  };
}
