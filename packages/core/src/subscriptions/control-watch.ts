import { SubscriptionStoppedError } from "../errors/subscription-stopped-error";
import { now } from "../ports/real-timers";
import type { ControlRecord, SubscriptionControls, SubscriptionHalt } from "./control-record";
import { failureClassOf } from "./failures/failure-class";
import type { Consumer } from "./reading/consumer";
import type { SubscriptionWorker } from "./subscription-worker";

interface ControlWatchParts {
  /** Undefined where the store keeps events alone. */
  readonly record: ControlRecord | undefined;
  readonly workers: ReadonlyMap<string, SubscriptionWorker>;
  /** The name of this server. */
  readonly server: () => string;
}

/** How long what was read counts for those who only want to know. */
const KEPT_MS = 1_000;

/** Lets the workers of one process do what operators have asked for, and tells other processes what has halted here. */
export class ControlWatch {
  #seen: SubscriptionControls = { paused: new Map(), halted: new Map(), soleServers: new Map() };
  #seenAt = Number.NEGATIVE_INFINITY;
  /** What has halted here and is not noted yet. */
  readonly #unnoted = new Map<string, SubscriptionHalt>();
  /** What has halted here and is noted: it goes on once the note is gone. */
  readonly #noted = new Set<string>();

  constructor(private readonly parts: ControlWatchParts) {}

  /** Whether an operator had paused a subscription at the last look. */
  isPaused({ name }: Pick<Consumer, "name">): boolean {
    return this.#seen.paused.has(name);
  }

  /** Why a subscription had stopped on another server at the last look; undefined where it had not. */
  haltOf(subscription: string): SubscriptionHalt | undefined {
    return this.#noted.has(subscription) ? undefined : this.#seen.halted.get(subscription);
  }

  /** Reads the record, unless that was done within the last `keptMs`. @throws StoreUnavailableError */
  async look(keptMs = KEPT_MS): Promise<void> {
    if (now() - this.#seenAt >= keptMs) await this.#read();
  }

  /** Lets subscriptions start that had halted, on whatever server. */
  async started(subscriptions: readonly string[]): Promise<void> {
    for (const subscription of subscriptions) {
      this.#unnoted.delete(subscription);
      this.#noted.delete(subscription);
    }
    await this.parts.record?.clearHalts(subscriptions);
    await this.#read();
    this.#apply();
  }

  /** Notes for other processes that a subscription has halted. What cannot be stored now is stored at the next turn. */
  async halted(subscription: string, failure: Error): Promise<void> {
    if (!(failure instanceof SubscriptionStoppedError)) return;
    this.#unnoted.set(subscription, {
      at: new Date().toISOString(),
      server: this.parts.server(),
      message: failure.message,
      class: failureClassOf(failure.cause),
      position: failure.globalPosition,
    });
    await this.#note().catch(() => undefined);
  }

  /** Reads the record and does what it says. @throws StoreUnavailableError */
  async obey(): Promise<void> {
    await this.#note();
    await this.#read();
    this.#apply();
  }

  #apply(): void {
    const { paused, halted, soleServers } = this.#seen;
    for (const [subscription, worker] of this.parts.workers) {
      const isHalted = halted.has(subscription);
      if (worker.state === "stopped") {
        if (isHalted || !this.#noted.delete(subscription)) continue;
        worker.start();
      }
      const sole = soleServers.get(subscription);
      const isForAnother = sole !== undefined && sole !== this.parts.server() && worker.servers.includes(sole);
      if (isHalted || isForAnother || paused.has(worker.consumer.name)) worker.suspend();
      else worker.goOn();
    }
  }

  async #read(): Promise<void> {
    const { record } = this.parts;
    if (record !== undefined) this.#seen = await record.read();
    this.#seenAt = now();
  }

  async #note(): Promise<void> {
    for (const [subscription, halt] of this.#unnoted) {
      await this.parts.record?.noteHalt(subscription, halt);
      this.#unnoted.delete(subscription);
      this.#noted.add(subscription);
    }
  }
}
