import { randomUUID } from "node:crypto";

import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { ParkedKeyNotFoundError } from "../../errors/parked-key-not-found-error";
import { ParkedKeyTakenError } from "../../errors/parked-key-taken-error";
import type { Answer } from "../../ports/answer";
import { bucketOf } from "../../ports/buckets";
import type { OperationStores } from "../../ports/operation-stores";
import { pause } from "../../ports/real-timers";
import type { ParkedFilter, ParkedKey, SubscriptionShare } from "../../ports/subscription-store";
import { inWords } from "../../wording/in-words";
import { putParked, storedBy } from "../failures/failed-key";
import type { KeyRetries } from "../failures/key-retries";
import { ASIDE_STATES, type KeysAside } from "../failures/keys-aside";
import { recordIn, recordText } from "../failures/parked-record";
import { type ParkedKeyStatus, parkedStatus, type SkippedEventStatus, skippedStatus } from "../failures/parked-status";
import { CheckpointLost } from "../holding/held-checkpoint";
import type { Change } from "../reading/change";
import type { Consumer } from "../reading/consumer";
import { type Borrowed, borrowBuckets } from "./borrowed-buckets";
import { BorrowedLine } from "./borrowed-line";
import { consumersNamed } from "./consumers-named";

/** Which keys are listed. */
export interface ParkedOptions {
  /** The name of the projection or handler; all of them where absent. */
  readonly subscription?: string;
}

/** Which keys are done again. */
export interface RetryParkedOptions {
  /** The name of the projection or handler. */
  readonly subscription: string;
  /** All keys that are set aside where absent. */
  readonly key?: string;
  /** Who asks: others are told so. */
  readonly by?: string;
  /** Ends the wait for what comes of it. The keys are done all the same. */
  readonly signal?: AbortSignal;
  /** Called when some of the keys are done. */
  readonly onProgress?: (progress: RetryProgress) => void;
}

/** How many of the keys are done, with or without success. */
export interface RetryProgress {
  readonly done: number;
  readonly keys: number;
}

/** What came of a retry. */
export interface RetriedKeys {
  /** How many keys have come back: all of their events are done. */
  readonly retried: number;
  /** Those that failed again, and where. */
  readonly failed: readonly ParkedKeyStatus[];
}

/** Which event is passed over: the one that a key waits from. */
export interface SkipParkedOptions {
  /** The name of the projection or handler. */
  readonly subscription: string;
  readonly key: string;
  /** Why. It is kept. */
  readonly reason: string;
  /** Who wants it. It is kept. */
  readonly by?: string;
  /** Ends the wait for what comes of it. The event is passed over all the same. */
  readonly signal?: AbortSignal;
}

/** What came of passing over an event: what was passed over, and the later event of the key that failed, if one did. */
export interface SkippedKey {
  readonly skipped: readonly SkippedEventStatus[];
  readonly failed: readonly ParkedKeyStatus[];
}

interface ParkedKeysParts {
  readonly consumers: readonly Consumer[];
  /** @throws ConfigurationError for a store that keeps events alone. */
  readonly operations: () => OperationStores;
  /** Stores changes, all or none. */
  readonly flush: (changes: readonly Change[]) => Answer<void>;
  readonly leaseMs: number;
  /** Tells the subscriptions of this process that somebody asks for keys. */
  readonly asked: (subscription: string, keys: readonly ParkedKey[]) => void;
  /** Makes what does the keys of a subscription that no server has. */
  readonly retriesOf: (consumer: Consumer) => { readonly aside: KeysAside; readonly retries: KeyRetries };
}

const PAGE = 500;
/** So many keys are asked for by name; more are found among all of the subscription. */
const NAMED = 100;
/** The pauses between two looks at what others do. */
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 250;

/** What operators see of the keys that are set aside, and what they ask for. */
export class ParkedKeys {
  constructor(private readonly parts: ParkedKeysParts) {}

  /** @throws IncorrectUsageError for a name that no subscription has. */
  async list({ subscription }: ParkedOptions = {}): Promise<readonly ParkedKeyStatus[]> {
    const listed: ParkedKeyStatus[] = [];
    for (const [consumer, parked] of await this.#all(subscription, ASIDE_STATES))
      listed.push(parkedStatus(parked, consumer.name));
    return listed;
  }

  /** @throws IncorrectUsageError for a name that no subscription has. */
  async skipped({ subscription }: ParkedOptions = {}): Promise<readonly SkippedEventStatus[]> {
    const listed: SkippedEventStatus[] = [];
    for (const [consumer, parked] of await this.#all(subscription, ["skipped"]))
      listed.push(skippedStatus(parked, consumer.name));
    return listed;
  }

  /**
   * @throws ParkedKeyNotFoundError for a key that is not set aside; ParkedKeyTakenError where somebody else has asked for it;
   *   IncorrectUsageError for a name that no subscription has; the reason of the signal.
   */
  async retry(options: RetryParkedOptions): Promise<RetriedKeys> {
    const { subscription, key, by, signal, onProgress } = options;
    const consumers = consumersNamed(subscription, this.parts.consumers, "Cannot retry keys of");
    const found = await this.#found(consumers, key);
    const request = { state: "retry", ask: randomUUID(), by } as const;
    const asked = new Map<Consumer, readonly ParkedKey[]>();
    for (const [consumer, keys] of found) asked.set(consumer, await this.#ask(consumer, keys, request));
    const total = [...asked.values()].flat().length;
    if (total === 0) {
      for (const [consumer, keys] of found) throw taken(consumer, keys[0]!);
      return { retried: 0, failed: [] };
    }
    let done = 0;
    const failed: ParkedKeyStatus[] = [];
    for (const [consumer, keys] of asked) {
      const before = done;
      const told = (left: number) => {
        if (before + keys.length - left === done) return;
        done = before + keys.length - left;
        onProgress?.({ done, keys: total });
      };
      const left = await this.#settled(consumer, { keys, ask: request.ask, signal }, told);
      failed.push(...left.map((parked) => parkedStatus(parked, consumer.name)));
    }
    return { retried: total - failed.length, failed };
  }

  /**
   * @throws ParkedKeyNotFoundError for a key that is not set aside; ParkedKeyTakenError where somebody else has asked for it;
   *   IncorrectUsageError without a reason, and for a name that no subscription has; the reason of the signal.
   */
  async skip({ subscription, key, reason, by, signal }: SkipParkedOptions): Promise<SkippedKey> {
    if (typeof reason !== "string" || reason.trim() === "")
      throw new IncorrectUsageError(
        `Cannot skip an event of key ${inWords(key)} without a reason: it is kept with the event`,
      );
    const consumers = consumersNamed(subscription, this.parts.consumers, "Cannot skip an event of");
    if (typeof key !== "string")
      throw new IncorrectUsageError(`"key" takes the key of ${subscription} as text, not ${inWords(key)}`);
    const skipped: SkippedEventStatus[] = [];
    const failed: ParkedKeyStatus[] = [];
    for (const [consumer, [parked]] of await this.#found(consumers, key)) {
      const ask = randomUUID();
      const [asked] = await this.#ask(consumer, [parked!], { state: "skip", ask, by, reason });
      if (asked === undefined) throw taken(consumer, parked!);
      const left = await this.#settled(consumer, { keys: [asked], ask, signal });
      failed.push(...left.map((one) => parkedStatus(one, consumer.name)));
      for await (const one of this.#stored({ subscription: consumer.subscription, keys: [key], states: ["skipped"] }))
        if (one.position === asked.position) skipped.push(skippedStatus(one, consumer.name));
    }
    return { skipped, failed };
  }

  async #all(name: string | undefined, states: ParkedFilter["states"] & object) {
    const { consumers } = this.parts;
    const wanted = name === undefined ? consumers : consumersNamed(name, consumers, "Cannot list keys of");
    const found: (readonly [Consumer, ParkedKey])[] = [];
    for (const consumer of wanted)
      for await (const parked of this.#stored({ subscription: consumer.subscription, states }))
        found.push([consumer, parked]);
    return found;
  }

  /** Finds the keys that an operator means. @throws ParkedKeyNotFoundError */
  async #found(
    consumers: readonly [Consumer, ...Consumer[]],
    key: string | undefined,
  ): Promise<ReadonlyMap<Consumer, readonly ParkedKey[]>> {
    const found = new Map<Consumer, readonly ParkedKey[]>();
    for (const consumer of consumers) {
      const { subscription } = consumer;
      const keys: ParkedKey[] = [];
      const filter = { subscription, states: ASIDE_STATES, ...(key !== undefined && { keys: [key] }) };
      for await (const parked of this.#stored(filter)) keys.push(parked);
      if (keys.length > 0) found.set(consumer, keys);
    }
    if (key !== undefined && found.size === 0)
      throw new ParkedKeyNotFoundError({ subscription: consumers[0].name, key });
    return found;
  }

  /** Notes what is asked for, where nobody else has asked. @returns the keys for which it was noted. */
  async #ask(
    { subscription }: Consumer,
    keys: readonly ParkedKey[],
    {
      state,
      ask,
      by,
      reason,
    }: { readonly state: "retry" | "skip"; ask: string; by?: string | undefined; reason?: string },
  ): Promise<readonly ParkedKey[]> {
    const operations = this.parts.operations();
    const free = keys.some(isAsked) ? await this.#ownerless(subscription) : () => false;
    const asked: ParkedKey[] = [];
    for (const parked of keys) {
      // Who has asked may have died with the server that was to do it.
      if (isAsked(parked) && !free(parked.key)) continue;
      const { revision, dueAt, ...kept } = parked;
      const data = recordText({
        ...recordIn(parked),
        ask,
        askedAt: Date.now(),
        ...(by !== undefined && { askedBy: by }),
        ...(reason !== undefined && { reason }),
      });
      const put = putParked({ ...kept, state, data }, parked);
      try {
        await operations.flush([put]);
        asked.push(storedBy(put));
      } catch (error) {
        if (!(error instanceof OperationConflictError)) throw error;
      }
    }
    this.parts.asked(subscription, asked);
    return asked;
  }

  /**
   * Waits until the servers that have the keys have done them; does those itself that no server has.
   *
   * @param told called with how many are left.
   * @returns those that failed again.
   */
  async #settled(
    consumer: Consumer,
    { keys, ask, signal }: { readonly keys: readonly ParkedKey[]; ask: string; signal: AbortSignal | undefined },
    told: (left: number) => void = () => undefined,
  ): Promise<readonly ParkedKey[]> {
    const { subscription } = consumer;
    const names = new Set(keys.map(({ key }) => key));
    const filter = { subscription, states: ASIDE_STATES, ...(names.size <= NAMED && { keys: [...names] }) };
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, LAST_LOOK_MS)) {
      signal?.throwIfAborted();
      const left: ParkedKey[] = [];
      for await (const parked of this.#stored(filter)) if (names.has(parked.key)) left.push(parked);
      const open = left.filter((parked) => isAsked(parked) && recordIn(parked).ask === ask);
      told(open.length);
      if (open.length === 0) return left;
      if (!(await this.#help(consumer, open, signal))) await pause(lookMs, { signal });
    }
  }

  /** Does keys whose buckets no server has. @returns whether there were any. */
  async #help(consumer: Consumer, keys: readonly ParkedKey[], signal: AbortSignal | undefined): Promise<boolean> {
    const { subscription } = consumer;
    const operations = this.parts.operations();
    const share = await this.#share(subscription);
    const byBucket = new Map<number, string[]>();
    for (const { key } of keys) {
      const bucket = bucketOf(key, share.buckets.length);
      if (share.buckets.find((one) => one.bucket === bucket)?.owner !== undefined) continue;
      byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), key]);
    }
    if (byBucket.size === 0) return false;
    const borrowing = { subscription, buckets: [...byBucket.keys()], leaseMs: this.parts.leaseMs };
    return await borrowBuckets(operations, borrowing, async ({ checkpoints, isAlive }) => {
      const { aside, retries } = this.parts.retriesOf(consumer);
      const borrowed = new Set(checkpoints.flatMap(({ bucket }) => byBucket.get(bucket) ?? []));
      await aside.load((key) => borrowed.has(key));
      for (const checkpoint of checkpoints) {
        const line = new BorrowedLine(
          operations,
          this.parts.flush,
          checkpoint,
          new Set(byBucket.get(checkpoint.bucket)),
        );
        await runUntil(signal, { isAlive }, (life) => retries.run(line, life));
      }
      return checkpoints.length > 0;
    });
  }

  /** Finds out which keys lie in buckets that no server alive has. */
  async #ownerless(subscription: string): Promise<(key: string) => boolean> {
    const { buckets } = await this.#share(subscription);
    const owned = new Set(buckets.filter(({ owner }) => owner !== undefined).map(({ bucket }) => bucket));
    return (key) => !owned.has(bucketOf(key, buckets.length));
  }

  async #share(subscription: string): Promise<SubscriptionShare> {
    const [share] = await this.parts.operations().subscriptions.shares([subscription]);
    return share!;
  }

  async *#stored(filter: Omit<ParkedFilter, "after" | "limit">): AsyncGenerator<ParkedKey> {
    const { subscriptions } = this.parts.operations();
    for (let after: ParkedKey | undefined; ; ) {
      const page = await subscriptions.parked({ ...filter, limit: PAGE, ...(after && { after }) });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1);
    }
  }
}

/** Runs a work on borrowed buckets; another server that has them meanwhile goes on with it. */
async function runUntil(
  signal: AbortSignal | undefined,
  { isAlive }: Pick<Borrowed, "isAlive">,
  run: (life: { signal: AbortSignal; end: AbortSignal; isAlive: () => boolean }) => Promise<void>,
): Promise<void> {
  const end = signal ?? new AbortController().signal;
  try {
    await run({ signal: end, end, isAlive });
  } catch (error) {
    if (!(error instanceof CheckpointLost)) throw error;
  }
}

function isAsked({ state }: ParkedKey): boolean {
  return state === "retry" || state === "skip";
}

function taken({ name: subscription }: Consumer, parked: ParkedKey): ParkedKeyTakenError {
  const { askedBy: by } = recordIn(parked);
  return new ParkedKeyTakenError({ subscription, key: parked.key, ...(by !== undefined && { by }) });
}
