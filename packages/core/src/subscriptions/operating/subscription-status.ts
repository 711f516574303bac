import type { Clock } from "../../elements/clock";
import { DomainError } from "../../errors/domain-error";
import { bucketOf } from "../../ports/buckets";
import type { Checkpoint, ParkedKey, SubscriptionShare } from "../../ports/subscription-store";
import type { ControlRecord, SubscriptionControls, SubscriptionHalt, SubscriptionPause } from "../control-record";
import type { Engine } from "../engine";
import type { Consumer } from "../reading/consumer";
import type { KnownEvents } from "../reading/known-events";
import { type Lag, lagOf } from "./lag";

/** How a subscription is: what `domain.subscriptions()` lists. */
export interface SubscriptionStatus {
  /** `AccountSummary`, `WelcomeMail`. */
  readonly name: string;
  /** The identity of its checkpoints, different for each version of a projection: `AccountSummary.v2`, `WelcomeMail`. */
  readonly subscription: string;
  readonly kind: Consumer["kind"];
  readonly state: SubscriptionState;
  /** The global position up to which every event is done or set aside; undefined where it has no checkpoint yet. */
  readonly position: number | undefined;
  /** How many events of its types it has still to handle. */
  readonly lag: number;
  /**
   * Whether `lag` is exact: it is unless there are 100,000 and more, or buckets are more than 10,000 events apart.
   */
  readonly isLagExact: boolean;
  /** The age of the first of them; undefined without any. */
  readonly lagSeconds?: number;
  readonly lane: string;
  /** How many keys are set aside until somebody asks for them. */
  readonly parked: number;
  /** How many keys are set aside and tried again by themselves. */
  readonly waiting: number;
  /** How many buckets its keys are spread over. */
  readonly buckets: number;
  /** The servers that have its buckets, in whatever process. */
  readonly owners: readonly BucketOwner[];
  /** Who has paused it, where that was not domain.toml. */
  readonly pause?: SubscriptionPause;
  /** Why it has stopped, on whatever server. */
  readonly error?: Error;
}

/**
 * `running`: a server has it. `idle`: none has. `stopped`: an event failed for good, and it does not go on; see `error`. `paused`: by
 * domain.toml or by an operator. `store unavailable`: the server of this process cannot reach the store, and tries again.
 */
export type SubscriptionState = "running" | "stopped" | "paused" | "idle" | "store unavailable";

/** How many buckets of a subscription a server has. */
export interface BucketOwner {
  /** The name that the server gave itself at its start. */
  readonly server: string;
  readonly buckets: number;
}

interface StatusParts {
  readonly engine: Engine;
  readonly known: KnownEvents;
  readonly controls: ControlRecord | undefined;
  readonly clock: Clock;
}

const PARKED_PAGE = 1_000;

/** Tells how the subscriptions of a domain are, by what the store says: right whatever the servers do. */
export class SubscriptionStatuses {
  constructor(private readonly parts: StatusParts) {}

  /** Lists the subscriptions in the order of their declaration. @throws StoreUnavailableError */
  async list(): Promise<readonly SubscriptionStatus[]> {
    const { engine, controls } = this.parts;
    const { consumers } = engine;
    if (consumers.length === 0) return [];
    const { subscriptions } = engine.operations;
    const [shares, setAside, controlled] = await Promise.all([
      subscriptions.shares(consumers.map(({ subscription }) => subscription)),
      this.#setAside(),
      controls?.read(),
    ]);
    return await Promise.all(
      consumers.map((consumer, index) =>
        this.#statusOf(consumer, shares[index] as SubscriptionShare, setAside.get(consumer.subscription), controlled),
      ),
    );
  }

  /** Counts what a subscription would have to do from some checkpoints on. */
  async lagOf(consumer: Consumer, checkpoints: readonly Pick<Checkpoint, "bucket" | "position">[]): Promise<Lag> {
    const { engine, known } = this.parts;
    const types = known.typesIn(consumer.categories).filter((type) => consumer.wants(type));
    const shared = known.shared.bind(known);
    return await lagOf({ consumer, types, log: engine.parts.adapter.log, shared, bucketOf }, checkpoints);
  }

  async #statusOf(
    consumer: Consumer,
    { buckets }: SubscriptionShare,
    { parked, waiting }: SetAside = { parked: 0, waiting: 0 },
    controls?: SubscriptionControls,
  ): Promise<SubscriptionStatus> {
    const { engine, clock } = this.parts;
    const { name, kind, lane, subscription } = consumer;
    const { events, isExact, since } = await this.lagOf(consumer, buckets);
    const pause = controls?.paused.get(name);
    const error =
      engine.workers.get(subscription)?.failure ?? haltError(subscription, controls?.halted.get(subscription));
    const owners = ownersOf(buckets);
    return {
      name,
      subscription,
      kind,
      state: this.#stateOf(consumer, { isPaused: pause !== undefined, isHalted: error !== undefined, owners }),
      position: buckets.length === 0 ? undefined : Math.min(...buckets.map(({ position }) => position)),
      lag: events,
      isLagExact: isExact,
      ...(since !== undefined && { lagSeconds: Math.max(0, (clock.now().getTime() - since) / 1_000) }),
      lane,
      parked,
      waiting,
      buckets: buckets.length,
      owners,
      ...(pause !== undefined && { pause }),
      ...(error !== undefined && { error }),
    };
  }

  #stateOf(
    consumer: Consumer,
    {
      isPaused,
      isHalted,
      owners,
    }: { readonly isPaused: boolean; readonly isHalted: boolean; readonly owners: readonly BucketOwner[] },
  ): SubscriptionState {
    const { engine } = this.parts;
    if (isPaused || engine.parts.settings.isPaused(consumer.name)) return "paused";
    if (isHalted) return "stopped";
    const worker = engine.workers.get(consumer.subscription);
    if (worker?.isStoreUnavailable === true) return "store unavailable";
    const state = worker?.state;
    return owners.length > 0 || state === "running" ? "running" : "idle";
  }

  /** Counts the keys that are set aside, by subscription. */
  async #setAside(): Promise<ReadonlyMap<string, SetAside>> {
    const { subscriptions } = this.parts.engine.operations;
    const counts = new Map<string, { parked: number; waiting: number }>();
    let after: ParkedKey | undefined;
    do {
      const page: readonly ParkedKey[] = await subscriptions.parked({
        states: ["waiting", "parked", "retry", "skip"],
        limit: PARKED_PAGE,
        ...(after !== undefined && { after }),
      });
      for (const { subscription, state } of page) {
        const count = counts.get(subscription) ?? { parked: 0, waiting: 0 };
        count[state === "waiting" ? "waiting" : "parked"]++;
        counts.set(subscription, count);
      }
      after = page.length < PARKED_PAGE ? undefined : page.at(-1);
    } while (after !== undefined);
    return counts;
  }
}

interface SetAside {
  readonly parked: number;
  readonly waiting: number;
}

function ownersOf(buckets: SubscriptionShare["buckets"]): readonly BucketOwner[] {
  const counts = new Map<string, number>();
  for (const { owner } of buckets) if (owner !== undefined) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return Array.from(counts, ([server, count]) => ({ server, buckets: count }));
}

/** The error of a subscription that halted in whatever process. */
function haltError(subscription: string, halt: SubscriptionHalt | undefined): Error | undefined {
  if (halt === undefined) return undefined;
  const { message, ...details } = halt;
  return new DomainError(message, { code: "SUBSCRIPTION_STOPPED", details: { subscription, ...details } });
}
