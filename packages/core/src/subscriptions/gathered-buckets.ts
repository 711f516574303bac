import type { OperationStores } from "../ports/operation-stores";
import type { Checkpoint, SubscriptionShare } from "../ports/subscription-store";
import type { ControlRecord } from "./control-record";
import type { LeaseKeeper } from "./holding/lease-keeper";

interface GatheredBucketsParts {
  readonly subscription: string;
  readonly operations: OperationStores;
  readonly keeper: LeaseKeeper;
  /** What the other servers are asked by; undefined where the store keeps events alone. */
  readonly controls: Pick<ControlRecord, "askForAll" | "endSole"> | undefined;
  /** Whether a line has a bucket. */
  readonly has: (bucket: number) => boolean;
}

/** All buckets of a subscription in the hands of one server, as the others give them back: to put another number in their place. */
export class GatheredBuckets {
  #claimed: readonly Checkpoint[] = [];

  constructor(private readonly parts: GatheredBucketsParts) {}

  /**
   * Takes those that are free now. Where another server is just gathering, nothing is taken: it is looked at again behind that one.
   * @returns all of them, by bucket, once there is none left.
   */
  async more({ buckets, servers }: SubscriptionShare): Promise<readonly Checkpoint[] | undefined> {
    const { subscription, operations, keeper, controls, has } = this.parts;
    const { server } = keeper;
    if (controls !== undefined && !(await controls.askForAll(subscription, server, servers))) return undefined;
    keeper.tellOthers();
    const isStill = ({ bucket, generation }: Checkpoint) =>
      buckets.some((one) => one.bucket === bucket && one.generation === generation && one.owner === server);
    const strays = buckets.filter(({ bucket, owner }) => owner === server && !has(bucket));
    const held = this.#claimed.filter(isStill);
    const lost = strays.map(({ bucket }) => bucket).filter((bucket) => !held.some((one) => one.bucket === bucket));
    if (lost.length > 0) await operations.subscriptions.release(server, subscription, lost);
    const claimed = await operations.subscriptions.claim({ server, subscription, limit: buckets.length });
    this.#claimed = [...held, ...claimed];
    return this.#claimed.length < buckets.length ? undefined : [...this.#claimed].sort((a, b) => a.bucket - b.bucket);
  }

  /** Knows nothing of them any more: they are in use, or lost. */
  forget(): void {
    this.#claimed = [];
  }

  /** Stops gathering. @returns the buckets to be given back. */
  giveUp(): readonly number[] {
    const buckets = this.#claimed.map(({ bucket }) => bucket);
    this.#claimed = [];
    return buckets;
  }

  /** Lets the other servers have buckets again. A server that is not alive is not asked for long. */
  async end(): Promise<void> {
    const { subscription, keeper, controls } = this.parts;
    await controls?.endSole(subscription, keeper.server);
  }
}
