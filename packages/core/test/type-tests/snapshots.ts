import {
  Aggregate,
  afterEvents,
  allOf,
  anyOf,
  Domain,
  DomainEvent,
  every,
  interval,
  type RecordedEvent,
  type SnapshotMiss,
  type SnapshotVerification,
  snapshotMigration,
  whenReplayTakes,
} from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("fidelis");

@domain.event({ partOf: "Account" })
class Opened extends DomainEvent({ owner: z.string() }) {}

@domain.aggregate({
  eventSourced: true,
  schemaVersion: 3,
  snapshot: {
    when: anyOf(every(100), allOf(interval({ hours: 1 }), whenReplayTakes(50)), afterEvents(Opened), ({ events }) =>
      events.some((event) => event instanceof Opened),
    ),
    mode: "background",
    minEvents: 10,
  },
})
class Account extends Aggregate({ owner: z.string(), cents: z.bigint(), closedOn: z.date().optional() }) {
  rename(owner: string): void {
    this.owner = owner;
  }
}

// @ts-expect-error: at least one event
afterEvents();
// @ts-expect-error: at least one strategy
anyOf();
// @ts-expect-error: a strategy, not a number
allOf(100);
// @ts-expect-error: a unit that there is not
interval({ weeks: 1 });

@domain.snapshotMigration({ aggregate: Account, from: 1, to: 2 })
export class InCents {
  migrate({ balance, ...state }: Record<string, any>) {
    return { ...state, cents: String(balance * 100) };
  }
}

@snapshotMigration({ aggregate: "Account", from: 2, to: 3 })
export class WithOwner {
  migrate(state: { name: string; cents: string }) {
    return { owner: state.name, cents: state.cents };
  }
}

// @ts-expect-error: no migrate()
domain.snapshotMigration({ aggregate: Account, from: 1, to: 2 })(class {});
// @ts-expect-error: from where to where
snapshotMigration({ aggregate: Account, from: 1 });

export async function upkeep(): Promise<void> {
  const snapshots = domain.snapshotsFor(Account);
  const one: SnapshotVerification = await snapshots.verify("1", { repair: true });
  for await (const { outcome, differences } of snapshots.verify({ concurrency: 2 })) {
    if (outcome === "drift")
      console.error(
        differences.map(({ path }) => path),
        one.repaired,
      );
  }
  const pruned: number = await snapshots.prune({ keep: 2 });
  // @ts-expect-error: how many to keep
  await snapshots.prune();
  for await (const { usable } of snapshots.entries()) {
    const reason: SnapshotMiss | undefined = usable === true ? undefined : usable;
    console.error(reason, pruned);
  }
  for await (const { state, tail } of snapshots.withTail()) {
    const cents: bigint = state?.cents ?? 0n;
    const closedOn: Date | undefined = state?.closedOn;
    // @ts-expect-error: the state has no methods
    state?.rename("Bob");
    // @ts-expect-error: nor what an aggregate has besides its fields
    state?.version;
    for await (const event of tail) {
      const recorded: RecordedEvent = event;
      console.error(recorded, cents, closedOn);
    }
  }
}
