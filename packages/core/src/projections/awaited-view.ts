import { clearTimeout, setTimeout } from "../ports/real-timers";
import type { SubscriptionStore } from "../ports/subscription-store";
import type { Engine } from "../subscriptions/engine";
import { subscriptionOf } from "./projection-consumer";
import type { PreparedProjection } from "./start-projections";

interface AwaitedViewParts {
  readonly projection: PreparedProjection;
  /** The position that the projection is to reach. */
  readonly end: number;
  readonly store: Pick<SubscriptionStore, "checkpoints">;
  readonly engine: Pick<Engine, "workers" | "onMove">;
  /** Called once the projection is there. */
  readonly reached: () => Promise<void>;
  /** Takes an error of the store, or of `reached`. It is not tried again. */
  readonly failed: (error: unknown) => void;
}

/** How often the buckets of other processes are looked at, once those of this one are there. */
const LOOK_MS = 1_000;

/** The view of a projection that is to move once the projection has reached a position, whichever processes have its buckets. */
export class AwaitedView {
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #isEnded = false;

  constructor(private readonly parts: AwaitedViewParts) {
    this.#stop = parts.engine.onMove(() => this.#moved());
  }

  /** Resolves when no look is under way. */
  async settled(): Promise<void> {
    await this.#look;
  }

  async close(): Promise<void> {
    this.#end();
    await this.#look;
  }

  #moved(): void {
    const positions = this.#own();
    if (positions.size > 0 && [...positions.values()].every((position) => position >= this.parts.end)) this.#lookOnce();
  }

  #lookOnce(): void {
    if (this.#look !== undefined || this.#timer !== undefined || this.#isEnded) return;
    this.#look = this.#lookAtAll().finally(() => {
      this.#look = undefined;
    });
  }

  async #lookAtAll(): Promise<void> {
    const { projection, end, store, reached, failed } = this.parts;
    try {
      const checkpoints = await store.checkpoints(subscriptionOf(projection.model));
      if (this.#isEnded) return;
      const own = this.#own();
      const isThere = checkpoints.every(({ bucket, position }) => Math.max(position, own.get(bucket) ?? 0) >= end);
      if (!isThere || checkpoints.length === 0) return this.#lookLater();
      this.#end();
      await reached();
    } catch (error) {
      this.#end();
      failed(error);
    }
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lookOnce();
    }, LOOK_MS);
    this.#timer.unref();
  }

  /** How far the buckets are that this process has. */
  #own(): ReadonlyMap<number, number> {
    return this.parts.engine.workers.get(subscriptionOf(this.parts.projection.model))?.positions ?? new Map();
  }

  #end(): void {
    this.#isEnded = true;
    this.#stop();
    clearTimeout(this.#timer);
  }
}
