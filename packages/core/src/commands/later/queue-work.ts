import { randomUUID } from "node:crypto";

import type { ClaimedEntry, CommandQueue, QueueEntry } from "../../ports/command-queue";
import type { EventLog } from "../../ports/event-log";
import { clearTimeout, setTimeout, wallTime } from "../../ports/real-timers";
import type { WorkBeside } from "../../subscriptions/beside";
import { reasonOf } from "../../wording/in-words";
import { Claims } from "./claims";
import { EntriesInHand, type HandledEntry } from "./entries-in-hand";
import { LaneLoop } from "./lane-loop";
import type { QueueClock } from "./queue-clock";
import type { QueueSigns } from "./queue-signs";
import type { QueuedCommand } from "./queued-command";

interface QueueWorkParts {
  readonly queue: () => CommandQueue;
  readonly clock: QueueClock;
  readonly signs: QueueSigns;
  readonly log: Pick<EventLog, "onAnnounce">;
  /** The lanes that commands can be in. */
  readonly lanes: readonly string[];
  /** How many commands of a lane are carried out at the same time. */
  readonly concurrencyOf: (lane: string) => number;
  /** How long a claim holds that is not extended. */
  readonly claimMs: number;
  /** How long a finished command is kept. */
  readonly keepMs: number;
  /** Makes what does all there is to do about an entry; it never rejects. */
  readonly carrier: (work: {
    readonly isHurried: () => boolean;
    readonly isOurs: (id: string) => Promise<boolean>;
    readonly begins: (id: string) => Promise<boolean>;
  }) => { readonly carryOut: (handled: HandledEntry) => Promise<void> };
  readonly logError: (message: string, details: object) => void;
}

/** What is announced is for readers of events above all: several signs until then are one. */
const HEARD_MS = 20;
/** How often finished commands are looked for that are kept no longer. */
const FORGET_EVERY_MS = 3_600_000;
const FIRST_FORGET_MS = 60_000;
const FORGOTTEN_AT_ONCE = 1_000;

/** Carries out the commands of the queue, in the lanes of the servers of this process. */
export class QueueWork implements WorkBeside {
  readonly name = "commands that run later";
  readonly #parts: QueueWorkParts;
  readonly #worker = randomUUID();
  readonly #hands: EntriesInHand;
  readonly #claims = new Map<string, Claims>();
  readonly #loops = new Map<string, LaneLoop>();
  /** The loops, until they have ended. */
  readonly #running = new Set<Promise<void>>();
  #stopListening: (() => Promise<void>) | undefined;
  #forgetting: NodeJS.Timeout | undefined;
  #hurries = 0;
  #latest: QueueEntry | undefined;

  constructor(parts: QueueWorkParts) {
    this.#parts = parts;
    const { queue, clock, claimMs } = parts;
    const carrier = parts.carrier({
      isHurried: () => this.#hurries > 0,
      isOurs: (id) => this.#hands.isOurs(id),
      begins: (id) => this.#hands.begins(id),
    });
    this.#hands = new EntriesInHand({
      queue,
      worker: this.#worker,
      claimMs,
      clock,
      concurrencyOf: parts.concurrencyOf,
      carryOut: (handled) => carrier.carryOut(handled),
      ended: (entry, tookMs) => {
        this.#latest = entry;
        this.#loops.get(entry.lane)?.ended(entry, tookMs);
      },
    });
  }

  get lanes(): readonly string[] {
    return this.#parts.lanes;
  }

  get loopAgeMs(): number | undefined {
    const ages = Array.from(this.#loops.values(), ({ ageMs }) => ageMs);
    return ages.length === 0 ? undefined : Math.max(...ages);
  }

  /** The process manager or the event handler that has caused the command that has ended last, or else the type of the command. */
  get latestCause(): string | undefined {
    if (this.#latest === undefined) return undefined;
    const { issuedBy, metadata } = JSON.parse(this.#latest.data) as QueuedCommand;
    return issuedBy?.process ?? metadata.cause?.handler ?? this.#latest.type;
  }

  /** Whether this process carries out the commands of a lane. */
  serves(lane: string): boolean {
    return this.#loops.has(lane);
  }

  /** Whether this process has claimed a command. */
  hasInHand(id: string): boolean {
    return this.#hands.has(id);
  }

  start(lanes: readonly string[]): void {
    this.#stopListening ??= this.#listen();
    this.#forgetting ??= this.#forgetIn(FIRST_FORGET_MS);
    for (const [lane, loop] of this.#loops) if (!lanes.includes(lane)) this.#endLoop(lane, loop);
    for (const lane of lanes) if (this.lanes.includes(lane) && !this.#loops.has(lane)) this.#startLoop(lane);
  }

  async end(withinMs: number): Promise<boolean> {
    const stopListening = this.#stopListening;
    this.#stopListening = undefined;
    await stopListening?.();
    clearTimeout(this.#forgetting);
    this.#forgetting = undefined;
    for (const [lane, loop] of this.#loops) this.#endLoop(lane, loop);
    await Promise.all(this.#running);
    return await this.#hands.end(withinMs);
  }

  async runDue(lanes: readonly string[], signal: AbortSignal): Promise<number> {
    let done = 0;
    for (const lane of lanes) if (this.lanes.includes(lane)) done += await this.#runLane(lane, signal);
    return done;
  }

  hurry(): () => void {
    this.#hurries++;
    return () => void this.#hurries--;
  }

  /**
   * Removes finished commands that are kept no longer.
   * @returns how many. @throws whatever the store throws.
   */
  async forget(): Promise<number> {
    const before = wallTime() - this.#parts.keepMs;
    for (let all = 0; ; ) {
      const forgotten = await this.#parts.queue().forget(before, FORGOTTEN_AT_ONCE);
      all += forgotten;
      if (forgotten < FORGOTTEN_AT_ONCE) return all;
    }
  }

  /** @returns a function that ends it. */
  #listen(): () => Promise<void> {
    const { signs, log } = this.#parts;
    const wake = () => {
      for (const loop of this.#loops.values()) loop.wake();
    };
    const end = signs.onEnqueued(wake);
    // A store that cannot tell is looked at from time to time, and so is one that cannot be reached now.
    let timer: NodeJS.Timeout | undefined;
    const heard = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        wake();
      }, HEARD_MS).unref();
    };
    const hearing = Promise.resolve(log.onAnnounce?.(heard)).catch(() => undefined);
    return async () => {
      end();
      await (await hearing)?.();
      clearTimeout(timer);
    };
  }

  #startLoop(lane: string): void {
    const loop = new LaneLoop({
      lane,
      claims: this.#claimsOf(lane),
      concurrency: this.#parts.concurrencyOf(lane),
      inHand: () => this.#hands.countOf(lane),
      take: (entry) => this.#hands.take(entry),
      logError: this.#parts.logError,
    });
    this.#loops.set(lane, loop);
    const run = loop.run().finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  #endLoop(lane: string, loop: LaneLoop): void {
    loop.end();
    this.#loops.delete(lane);
  }

  #claimsOf(lane: string): Claims {
    const { queue, claimMs, clock } = this.#parts;
    const claims = this.#claims.get(lane) ?? new Claims({ queue, worker: this.#worker, claimMs, clock, lane });
    this.#claims.set(lane, claims);
    return claims;
  }

  /**
   * Carries out what is due in a lane, and waits for what is in hand. What those commands put into the queue is left there: as many are
   * done at most as have waited.
   */
  async #runLane(lane: string, signal: AbortSignal): Promise<number> {
    const claims = this.#claimsOf(lane);
    const concurrency = this.#parts.concurrencyOf(lane);
    let done = 0;
    let isCounted = false;
    for (let atMost = concurrency; ; ) {
      signal.throwIfAborted();
      const free = Math.min(concurrency - this.#hands.countOf(lane), atMost - done);
      const entries: readonly ClaimedEntry[] = free > 0 ? await claims.take(free) : [];
      for (const entry of entries) this.#hands.take(entry);
      const ended = await this.#hands.ended([lane]);
      done += ended;
      if (ended === 0 || entries.length < free || signal.aborted) return done;
      if (done < atMost) continue;
      if (isCounted) return done;
      isCounted = true;
      atMost = done + (await this.#waitingIn(lane));
      if (atMost === done) return done;
    }
  }

  async #waitingIn(lane: string): Promise<number> {
    const counts = await this.#parts.queue().counts();
    const waiting = counts.filter((count) => count.lane === lane && count.state === "waiting");
    return waiting.reduce((sum, { entries }) => sum + entries, 0);
  }

  #forgetIn(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      const next = () => {
        if (this.#forgetting !== undefined) this.#forgetting = this.#forgetIn(FORGET_EVERY_MS);
      };
      this.forget().then(next, (error: unknown) => {
        this.#parts.logError(`Finished commands could not be removed from the queue: ${reasonOf(error)}`, { error });
        next();
      });
    }, ms);
    timer.unref();
    return timer;
  }
}
