import type { EventLog } from "../ports/event-log";
import type { SubscriptionStore } from "../ports/subscription-store";
import type { Consumer } from "../subscriptions/reading/consumer";

interface StartParts {
  readonly consumers: readonly Consumer[];
  readonly log: Pick<EventLog, "forgottenUpTo">;
  readonly subscriptions: Pick<SubscriptionStore, "shares">;
  readonly logWarning: (message: string, details: object) => void;
}

/** Warns of each subscription that begins before events of its categories that were forgotten: it does without them. */
export async function warnOfForgotten({ consumers, log, subscriptions, logWarning }: StartParts): Promise<void> {
  if (log.forgottenUpTo === undefined || consumers.length === 0) return;
  const shares = await subscriptions.shares(consumers.map(({ subscription }) => subscription));
  for (const [index, { kind, name, subscription, categories }] of consumers.entries()) {
    const positions = shares[index]!.buckets.map(({ position }) => position);
    if (positions.length === 0) continue;
    const [begin, upTo] = [Math.min(...positions), await log.forgottenUpTo(categories)];
    if (begin >= upTo) continue;
    logWarning(
      `${sentence(kind)} ${name} goes on behind global position ${begin}, but events of its aggregates were forgotten up to position ${upTo} ` +
        "(keep_events): it does without them",
      { subscription, position: begin, forgottenUpTo: upTo },
    );
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
