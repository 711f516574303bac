import { categoryOf, namePrefixes } from "../model/names";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import type { ParkedKey } from "../ports/subscription-store";
import type { StoredDeclarations } from "../projections/stored-declarations";
import { ASIDE_STATES } from "../subscriptions/failures/keys-aside";
import { settledEnd } from "../subscriptions/reading/settled-end";
import { lowestKept } from "./kept-for-processes";

/** Up to where events are done with. */
export interface NeededEvents {
  /** Nothing needs an event up to this global position any more. */
  readonly doneUpTo: number;
  /** What needs the next one, as messages name it: `subscription "WelcomeMail"`; undefined where that is the end of the log. */
  readonly by?: string;
}

interface NeededParts {
  /** The name of the domain. */
  readonly domain: string;
  readonly log: Pick<EventLog, "readAll">;
  readonly operations: Pick<OperationStores, "subscriptions" | "states">;
  readonly declarations: Pick<StoredDeclarations, "of">;
  /** The categories of the process managers of this release. */
  readonly processes: readonly string[];
}

const PARKED_PAGE = 1_000;

/** The end of the identity under which a rebuild that is only tried has its checkpoints. */
const DRY_RUN = /\.dry-run$/;

/**
 * Finds up to where nothing needs the events any more: no subscription of the store, whether this release has it or not, no key that is
 * set aside, and no instance of a process manager that keeps events until it starts.
 *
 * An event goes from behind a checkpoint to a key that is set aside, and from there to what is kept. It is looked for in this order: one
 * that moves on meanwhile is found where it has gone.
 */
export async function neededEvents(parts: NeededParts): Promise<NeededEvents> {
  const bounds: NeededEvents[] = [{ doneUpTo: await settledEnd(parts.log) }];
  const names = await checkpoints(parts, bounds);
  await keysSetAside(parts, bounds);
  await keptForProcesses(parts, names, bounds);
  return bounds.reduce((lowest, each) => (each.doneUpTo < lowest.doneUpTo ? each : lowest));
}

/** @returns the names of all subscriptions. */
async function checkpoints(
  { operations: { subscriptions }, declarations }: NeededParts,
  bounds: NeededEvents[],
): Promise<readonly string[]> {
  for (;;) {
    const names = await subscriptions.subscriptions();
    for (const { subscription, buckets } of await subscriptions.shares(names)) {
      // One that was cut off begins anew.
      if (DRY_RUN.test(subscription) && buckets.every(({ owner }) => owner === undefined)) continue;
      // Inline, the events are folded when they are stored, and the checkpoints stay where they are.
      if ((await declarations.of(subscription))?.record.mode === "inline") continue;
      for (const { position } of buckets) bounds.push({ doneUpTo: position, by: `subscription "${subscription}"` });
    }
    // One that has taken the place of another one meanwhile stands where that one stood.
    if (JSON.stringify(await subscriptions.subscriptions()) === JSON.stringify(names)) return names;
  }
}

async function keysSetAside({ operations: { subscriptions } }: NeededParts, bounds: NeededEvents[]): Promise<void> {
  for (let after: ParkedKey | undefined; ; ) {
    const page = await subscriptions.parked({ states: ASIDE_STATES, limit: PARKED_PAGE, ...(after && { after }) });
    for (const { subscription, key, position } of page)
      bounds.push({
        doneUpTo: position - 1,
        by: `the key ${JSON.stringify(key)} of "${subscription}", which is set aside,`,
      });
    if (page.length < PARKED_PAGE) return;
    after = page.at(-1);
  }
}

/** A subscription that this release does not have may be one of a process manager. */
async function keptForProcesses(
  { domain, operations: { states }, processes }: NeededParts,
  subscriptions: readonly string[],
  bounds: NeededEvents[],
): Promise<void> {
  const prefixes = namePrefixes(domain);
  const categories = new Set([...processes, ...subscriptions.map((name) => categoryOf(name, prefixes))]);
  for (const category of categories) {
    const kept = await lowestKept(states, category);
    if (kept !== undefined)
      bounds.push({ doneUpTo: kept.position - 1, by: `the process "${kept.stream}", which keeps it until it starts,` });
  }
}
