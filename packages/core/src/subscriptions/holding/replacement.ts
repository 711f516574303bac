import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { streamOf } from "../../event-store/stream-names";
import { namePrefixes } from "../../model/names";
import type { OperationStores } from "../../ports/operation-stores";
import type { Operation } from "../../ports/operations";
import type { StreamRef } from "../../ports/stored-message";
import type { ParkedKey } from "../../ports/subscription-store";
import type { Consumer } from "../reading/consumer";

interface ReplacementStores {
  /** The name of the domain. */
  readonly domain: string;
  readonly operations: OperationStores;
}

/** What is stored of a subscription that another one has replaced: it must not begin anew. */
interface Replacement {
  readonly by: string;
}

/**
 * Puts a subscription in the place of the one that it replaces: it gets the checkpoints and the keys that are set aside, in one
 * transaction, and the other one is noted as replaced.
 *
 * @returns whether there was something to take over.
 * @throws OperationConflictError when somebody has moved the other one meanwhile.
 */
export async function takeOver(
  { subscription, replaces }: Pick<Consumer, "subscription" | "replaces">,
  { domain, operations }: ReplacementStores,
): Promise<boolean> {
  if (replaces === undefined) return false;
  const { subscriptions, states } = operations;
  const checkpoints = await subscriptions.checkpoints(replaces);
  if (checkpoints.length === 0) return false;
  const parked = await subscriptions.parked({ subscription: replaces });
  const [noted, former] = [recordRef(replaces, domain), recordRef(subscription, domain)];
  const before = await states.load(noted);
  // It was replaced by the same one once, and the way back is the same.
  const own = await states.load(former);
  const version = (before?.version ?? -1) + 1;
  const all: Operation[] = [
    { kind: "replaceCheckpoints", subscription: replaces, expected: checkpoints, checkpoints: [] },
    { kind: "replaceCheckpoints", subscription, expected: [], checkpoints },
    ...parked.flatMap((key) => moved(key, subscription)),
    {
      kind: "putState",
      state: { ...noted, version, data: JSON.stringify({ by: subscription } satisfies Replacement) },
      expectedVersion: version - 1,
    },
  ];
  if (own !== undefined) all.push({ kind: "deleteState", stream: former.stream, expectedVersion: own.version });
  await operations.flush(all);
  return true;
}

/** The identity of the subscription that has replaced this one; undefined where none has. */
export async function replacementOf(
  { subscription }: Pick<Consumer, "subscription">,
  { domain, operations }: ReplacementStores,
): Promise<string | undefined> {
  const stored = await operations.states.load(recordRef(subscription, domain));
  return stored && (JSON.parse(stored.data) as Replacement).by;
}

/** Makes the error of a subscription that is not to run any more. */
export function refusedAsReplaced({ kind, name, subscription }: Consumer, by: string): IncorrectUsageError {
  return new IncorrectUsageError(
    `Cannot run ${kind} ${name}: ${by} has replaced it in this store, and goes on where it stood. ` +
      `Stop the servers of releases that still declare ${name}; to go back to it, let it declare replaces: ${JSON.stringify(by)}`,
    { subscription, by },
  );
}

/** Makes the error of a subscription whose checkpoints were removed. */
export function goneError({ kind, name, subscription }: Consumer): IncorrectUsageError {
  return new IncorrectUsageError(
    `${kind} ${name} cannot go on: somebody has removed its checkpoints. A start of the domain lays new ones`,
    { subscription },
  );
}

function moved({ revision, ...parked }: ParkedKey, to: string): readonly Operation[] {
  const { subscription, key, position } = parked;
  return [
    { kind: "removeParked", subscription, key, position, expected: revision },
    { kind: "putParked", parked: { ...parked, subscription: to }, expected: null },
  ];
}

function recordRef(subscription: string, domain: string): StreamRef {
  return streamOf(`${namePrefixes(domain).streams}replaced`, subscription);
}
