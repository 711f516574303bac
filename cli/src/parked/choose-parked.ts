import type { Domain, ParkedKeyStatus } from "@tidemark/core";

import { core } from "../domain/core";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { chooseSubscription } from "../subscriptions/choose-subscription";

/** A key of a subscription, as a call names it. */
export interface NamedKey {
  readonly subscription: string;
  readonly key: string;
}

/**
 * Returns what is known of a key that is set aside.
 * @throws CommandError for an unknown subscription, and with the key probably meant where this one is not set aside.
 */
export async function chooseParked(domain: Domain, { subscription, key }: NamedKey): Promise<ParkedKeyStatus> {
  const all = await parkedKeysOf(domain, subscription);
  const found = all.find((each) => each.key === key);
  if (found !== undefined) return found;
  const keys = all.map((each) => each.key);
  const hint = keys.length === 0 ? "; none of its keys is" : core.config.didYouMean(key, keys);
  throw new CommandError(`Key ${JSON.stringify(key)} of ${subscription} is not set aside${hint}`, {
    status: ExitStatus.failed,
  });
}

/** Returns the keys of one subscription that are set aside. @throws CommandError for one that there is not. */
export async function parkedKeysOf(domain: Domain, subscription: string): Promise<readonly ParkedKeyStatus[]> {
  chooseSubscription(domain, await domain.subscriptions(), subscription);
  return await domain.parked({ subscription });
}
