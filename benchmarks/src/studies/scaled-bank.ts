import { setTimeout as pause } from "node:timers/promises";

import { type Domain, type EventContext, handle } from "@tidemark/core";

import { bank, DepositMade } from "../bank";
import { declareSummary } from "../bookkeepers/account-summary";
import type { Place } from "../program/place";
import { settingsOf } from "../tellers/open-teller";

/** What several servers run. */
export interface ScaledSubscription {
  readonly place: Place;
  readonly kind: "handler" | "projection";
  /** Makes it a new subscription. */
  readonly run: number;
  /** How many buckets a server works at, at the same time. */
  readonly concurrency: number;
}

/** How long a call of the handler waits, as for a mail server. */
const CALL_MS = 2;

/** A bank with one subscription, still to be initialised. */
export function scaledBank({ place, kind, run, concurrency }: ScaledSubscription): Domain {
  const server = { embedded: false, lanes: { default: { concurrency } } };
  const domain = bank({ event_store: settingsOf(place), server });
  if (kind === "projection") declareSummary(domain, { version: run });
  else {
    @domain.eventHandler({ name: `Mails${run}`, startFrom: "beginning" })
    class Mails {
      @handle(DepositMade)
      async send(_: DepositMade, { signal }: EventContext): Promise<void> {
        await pause(CALL_MS, undefined, { signal });
      }
    }
    void Mails;
  }
  return domain;
}
