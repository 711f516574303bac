import type { Domain, SubscriptionStatus } from "@tidemark/core";

import { core } from "../domain/core";
import { CommandError } from "../io/command-error";

/** Returns the subscription with this name. @throws CommandError that names the one probably meant, or all. */
export function chooseSubscription(
  domain: Domain,
  subscriptions: readonly SubscriptionStatus[],
  name: string,
): SubscriptionStatus {
  const found = subscriptions.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = subscriptions.map((each) => each.name);
  const hint = core.config.didYouMean(name, names) || `; it has ${names.length === 0 ? "none" : names.join(", ")}`;
  throw new CommandError(`Domain ${JSON.stringify(domain.name)} has no subscription ${JSON.stringify(name)}${hint}`);
}
