import { randomUUID } from "node:crypto";

import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { OUTAGE, pauseMs } from "../../patience/growing-pause";
import { clearTimeout, now, setTimeout } from "../../ports/real-timers";
import type { ParkedKey, SubscriptionShare, SubscriptionStore } from "../../ports/subscription-store";

/** What runs a subscription under the lease of its server. */
export interface Leased {
  readonly subscription: string;
  /** Takes and gives back buckets, as the share says. */
  shared(share: SubscriptionShare): Promise<void>;
  /** Takes the keys that somebody asks for. */
  asked(keys: readonly ParkedKey[]): void;
  /** Lets go of everything: the lease has run out. */
  lose(): void;
}

interface LeaseKeeperParts {
  readonly subscriptions: () => SubscriptionStore;
  readonly leaseMs: number;
  /** Called at each renewal of the lease. */
  readonly renewed: () => Promise<void>;
  readonly logError: (message: string, details: object) => void;
  readonly logWarning: (message: string, details: object) => void;
}

/** The longest time between two renewals. */
const TICK_MS = 1_000;

/** Those of this process, which tell each other when buckets have become free. */
const keepers = new Set<LeaseKeeper>();

/**
 * Keeps this process alive for the other servers, and its subscriptions at their share of buckets. The lease counts from before a
 * renewal is sent, by the clock of the process that only grows: it never lasts longer here than in the store.
 */
export class LeaseKeeper {
  readonly #leased = new Set<Leased>();
  #server = randomUUID();
  #aliveUntil = Number.NEGATIVE_INFINITY;
  /** Whether everything was let go since the last renewal. */
  #isLost = false;
  /** When the last turn began, whether or not the store answered. */
  #turnedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #outages = 0;
  #isStaying = false;
  #tick: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(private readonly parts: LeaseKeeperParts) {}

  /** The name of this server. It has a new one whenever it starts to run subscriptions. */
  get server(): string {
    return this.#server;
  }

  /** Whether nobody else can have the buckets of this server. */
  isAlive = (): boolean => now() < this.#aliveUntil;

  /** For how long the lease was not renewed; undefined while there is none. */
  get leaseAgeMs(): number | undefined {
    if (this.#aliveUntil === Number.NEGATIVE_INFINITY) return undefined;
    return now() - (this.#aliveUntil - this.parts.leaseMs);
  }

  /** For how long the loop that renews the lease has not turned; undefined while there is nothing to keep. */
  get loopAgeMs(): number | undefined {
    return this.#leased.size === 0 || this.#turnedAt === undefined ? undefined : now() - this.#turnedAt;
  }

  /** Keeps a subscription from now on. Resolves when its buckets are claimed, or the store could not be reached. */
  async keep(all: readonly Leased[]): Promise<void> {
    for (const leased of all) this.#leased.add(leased);
    if (all.length === 0) return;
    await this.tick();
    this.tellOthers();
  }

  /** Keeps subscriptions no more: they have given their buckets back. The server leaves with the last one. */
  async drop(all: readonly Leased[]): Promise<void> {
    for (const leased of all) this.#leased.delete(leased);
    if (this.#leased.size === 0) {
      await this.#tick;
      // Somebody may have come meanwhile.
      if (this.#leased.size === 0) await this.#leave();
    }
    this.tellOthers();
  }

  /** While it is true, the time until the next renewal keeps the process alive. */
  set isStaying(isStaying: boolean) {
    this.#isStaying = isStaying;
    if (isStaying) this.#timer?.ref();
    else this.#timer?.unref();
  }

  /** Renews the lease now, and claims and releases what is to be. A call during another one has one of its own behind it. */
  tick(): Promise<void> {
    if (this.#tick === undefined) {
      this.#tick = this.#renew().finally(() => (this.#tick = undefined));
      return this.#tick;
    }
    this.#next ??= this.#tick.then(() => {
      this.#next = undefined;
      return this.tick();
    });
    return this.#next;
  }

  /** Tells the other servers of this process that buckets have become free, or are to be shared anew. */
  tellOthers(): void {
    for (const keeper of keepers) if (keeper !== this) void keeper.tick();
  }

  async #renew(): Promise<void> {
    if (this.#leased.size === 0) return;
    clearTimeout(this.#timer);
    keepers.add(this);
    const { leaseMs } = this.parts;
    const sent = now();
    this.#turnedAt = sent;
    try {
      const store = this.parts.subscriptions();
      const leased = [...this.#leased];
      const subscriptions = leased.map(({ subscription }) => subscription);
      const shares = await store.renew({ server: this.#server, leaseMs, subscriptions });
      // Others may have taken what the lease had run out for.
      if (!this.isAlive()) this.#lose();
      this.#aliveUntil = sent + leaseMs;
      this.#isLost = false;
      this.#watchExpiry();
      const asked = await store.parked({ states: ["retry", "skip"] });
      await Promise.all(
        leased.map(async (one, index) => {
          if (!this.#leased.has(one)) return;
          await one.shared(shares[index]!);
          one.asked(asked.filter(({ subscription }) => subscription === one.subscription));
        }),
      );
      await this.parts.renewed();
      this.#outages = 0;
      this.#schedule(Math.min(leaseMs / 4, TICK_MS));
    } catch (error) {
      if (!(error instanceof StoreUnavailableError))
        this.parts.logError(`The lease of this server could not be renewed: ${String(error)}`, { error });
      this.#schedule(pauseMs(OUTAGE, ++this.#outages));
    }
  }

  #schedule(ms: number): void {
    if (this.#leased.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.tick(), ms);
    if (!this.#isStaying) this.#timer.unref();
  }

  /** Lets go of everything when the lease runs out while the store cannot be reached. */
  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const check = () => {
      const left = this.#aliveUntil - now();
      if (left <= 0) return this.#lose();
      this.#expiry = setTimeout(check, left + 1);
      this.#expiry.unref();
    };
    check();
  }

  #lose(): void {
    const ageMs = this.leaseAgeMs;
    if (ageMs !== undefined && !this.#isLost) {
      this.#isLost = true;
      this.parts.logWarning(
        `The lease of this server has run out: it was not renewed for ${Math.round(ageMs)} ms. Other servers may take over what it ran, ` +
          "and repeat the calls of event handlers that it had in hand. Where that happens without an outage, this process was held up: " +
          "give it more time by [subscriptions] lease",
        { server: this.#server, ageMs, leaseMs: this.parts.leaseMs },
      );
    }
    for (const leased of this.#leased) leased.lose();
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#expiry);
    keepers.delete(this);
    const left = this.#server;
    this.#server = randomUUID();
    this.#aliveUntil = Number.NEGATIVE_INFINITY;
    try {
      await this.parts.subscriptions().leave(left);
    } catch {
      // The lease runs out by itself.
    }
  }
}
