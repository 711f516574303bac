import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { WaitError, type WaitFailure } from "../errors/wait-error";
import type { Repeated } from "../patience/store-patience";
import type { Answer } from "../ports/answer";
import { bucketOf } from "../ports/buckets";
import { clearTimeout, now, setTimeout } from "../ports/real-timers";
import type { RecordedMessage } from "../ports/stored-message";
import type { ParkedKey } from "../ports/subscription-store";
import type { Engine } from "./engine";
import { ASIDE_STATES } from "./failures/keys-aside";
import { recordIn } from "./failures/parked-record";
import type { Progress, WaitOptions } from "./progress";
import type { KnownEvents } from "./reading/known-events";

/** The pauses between two looks at a checkpoint that another process moves. */
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 50;

/** Waits for subscriptions of this process, and by their checkpoints for those that others run. */
export class Waiting implements Progress {
  constructor(
    private readonly engine: Engine,
    private readonly known: Pick<KnownEvents, "shared">,
    /** Looks again while the store cannot be reached. */
    private readonly repeated: Repeated,
  ) {}

  onFlush(subscription: string, listener: () => void): () => void {
    return this.engine.onFlush(subscription, listener);
  }

  async reached(subscription: string, position: number, options: WaitOptions): Promise<void> {
    const { timeoutMs } = options;
    const end = now() + timeoutMs;
    try {
      await this.#reached(subscription, position, { ...options, end });
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || now() < end) throw error;
      const explanation = `the store could not be reached within ${timeoutMs} ms`;
      throw this.#error(subscription, position, "timed out", explanation, error);
    }
  }

  async #reached(
    subscription: string,
    position: number,
    { timeoutMs, signal, events, end }: WaitOptions & { readonly end: number },
  ): Promise<void> {
    const looked = <T>(look: () => Promise<T>): Answer<T> => this.repeated(look, { mostMs: end - now(), signal });
    const keys = events && this.#keysOf(subscription, events);
    if (keys?.length === 0) return;
    let lookMs = FIRST_LOOK_MS;
    for (;;) {
      const here = this.#positionHere(subscription, keys);
      // Nothing may move between the look at a worker and the start of the wait for it.
      const at = here ?? (await looked(() => this.#positionStored(subscription, keys)));
      let fault: WaitError | undefined;
      if (at !== undefined && at >= position) {
        const aside =
          keys === undefined
            ? []
            : await looked(() => this.#aside(subscription, { keys, position }, here !== undefined));
        if (aside.length === 0) return;
        fault = this.#parked(subscription, position, aside);
      }
      // Other processes may have paused or stopped what does not run in this one.
      if (here === undefined) await looked(() => this.engine.watch.look());
      fault ??= this.#fault(subscription, position);
      if (fault !== undefined && here === undefined && fault.reason !== "parked") {
        // What was read a moment ago may have changed since.
        await looked(() => this.engine.watch.look(0));
        fault = this.#fault(subscription, position);
      }
      if (fault !== undefined) throw fault;
      if (signal?.aborted) throw this.#error(subscription, position, "aborted", "the wait was given up", signal.reason);
      const left = end - now();
      if (left <= 0) throw this.#timedOut(subscription, position, timeoutMs, at);
      await this.#change(here !== undefined ? left : Math.min(left, lookMs), signal);
      lookMs = Math.min(lookMs * 2, LAST_LOOK_MS);
    }
  }

  /** The keys of those events that a subscription handles; undefined where nobody knows the subscription. */
  #keysOf(subscription: string, events: readonly RecordedMessage[]): readonly string[] | undefined {
    const consumer = this.engine.workers.get(subscription)?.consumer;
    if (consumer === undefined) return undefined;
    const wanted = events.filter(
      ({ category, type }) => consumer.categories.includes(category) && consumer.wants(type),
    );
    return [...new Set(wanted.flatMap((message) => consumer.keysOf(this.known.shared(message))))];
  }

  /** The position of a subscription that has all of its buckets in this process: of the last bucket, of those that matter. */
  #positionHere(subscription: string, keys: readonly string[] | undefined): number | undefined {
    const worker = this.engine.workers.get(subscription);
    if (worker?.position === undefined || keys === undefined) return worker?.position;
    const { positions } = worker;
    return Math.min(...keys.map((key) => positions.get(bucketOf(key, positions.size)) ?? 0));
  }

  /** The same of buckets in several processes: of those in this one as it knows it, of others as it is stored. */
  async #positionStored(subscription: string, keys: readonly string[] | undefined): Promise<number | undefined> {
    const checkpoints = await this.engine.operations.subscriptions.checkpoints(subscription);
    if (checkpoints.length === 0) return undefined;
    const here = this.engine.workers.get(subscription)?.positions;
    const buckets = new Set(keys?.map((key) => bucketOf(key, checkpoints.length)));
    const counted = keys === undefined ? checkpoints : checkpoints.filter(({ bucket }) => buckets.has(bucket));
    return Math.min(...counted.map(({ bucket, position }) => Math.max(here?.get(bucket) ?? 0, position)));
  }

  /** Which of some keys are set aside, from an event at or before a position on. */
  async #aside(
    subscription: string,
    { keys, position }: { readonly keys: readonly string[]; readonly position: number },
    isHere: boolean,
  ): Promise<readonly ParkedKey[]> {
    const { workers, operations } = this.engine;
    const aside = workers.get(subscription)?.aside;
    const found =
      isHere && aside !== undefined
        ? keys.flatMap((key) => aside.get(key)?.parked ?? [])
        : await operations.subscriptions.parked({ subscription, keys, states: ASIDE_STATES });
    return found.filter((parked) => parked.position <= position);
  }

  /** Why it is known at once that a key does not come back by itself. */
  #parked(subscription: string, position: number, aside: readonly ParkedKey[]): WaitError | undefined {
    const parked = aside.find(({ state }) => state === "parked");
    if (parked === undefined) return undefined;
    const { error, place } = recordIn(parked);
    const explanation =
      `its key ${JSON.stringify(parked.key)} is set aside, because ${place} failed at global position ${parked.position}: ${error.message}. ` +
      "Correct the cause, and do it again with domain.retryParked()";
    return this.#error(subscription, position, "parked", explanation);
  }

  /** Why it is known at once that the position is not reached. */
  #fault(subscription: string, position: number): WaitError | undefined {
    const worker = this.engine.workers.get(subscription);
    if (worker === undefined) return undefined;
    const { consumer, failure, state } = worker;
    if (state === "stopped") return this.#error(subscription, position, "stopped", failure?.message ?? "", failure);
    if (this.engine.isPaused(consumer))
      return this.#error(
        subscription,
        position,
        "paused",
        this.engine.watch.isPaused(consumer)
          ? "an operator has paused it"
          : `[subscriptions.${consumer.name}] of domain.toml pauses it`,
      );
    const halt = this.engine.watch.haltOf(subscription);
    if (halt !== undefined) return this.#error(subscription, position, "stopped", halt.message);
    if (this.engine.isHeld(worker) || this.engine.parts.adapter.abilities.sharedByProcesses) return undefined;
    const advice = "start one with domain.serve(), or run what is left with domain.catchUp()";
    return this.#error(subscription, position, "not running", `no server runs it in this process: ${advice}`);
  }

  #timedOut(subscription: string, position: number, timeoutMs: number, at: number | undefined): WaitError {
    const worker = this.engine.workers.get(subscription);
    const found = at === undefined ? "it has no checkpoint" : `it is at position ${at}`;
    const where =
      worker?.state === "running" ? "" : "; this process does not run it: is a server running, `domain server`?";
    return this.#error(subscription, position, "timed out", `${found} after ${timeoutMs} ms${where}`);
  }

  #error(subscription: string, position: number, reason: WaitFailure, explanation: string, cause?: unknown): WaitError {
    const name = this.engine.workers.get(subscription)?.consumer.name ?? subscription;
    return new WaitError({ subscription: name, position: String(position), reason, explanation }, { cause });
  }

  /** Resolves when keys that are set aside in this process, and tried again by themselves, have come back or are parked. */
  async triedAgain(subscriptions: readonly string[], signal: AbortSignal): Promise<void> {
    const isWaiting = (subscription: string) => {
      const worker = this.engine.workers.get(subscription);
      return worker?.state === "running" && worker.aside.isWaiting;
    };
    while (!signal.aborted && subscriptions.some(isWaiting)) await this.#change(LAST_LOOK_MS, signal);
  }

  /** Resolves when something has moved in this process or was appended, after a while, or when the signal is aborted. */
  #change(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop();
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      const stop = this.engine.onMove(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}
