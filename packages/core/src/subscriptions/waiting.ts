import { WaitError, type WaitFailure } from "../errors/wait-error";
import { clearTimeout, now, setTimeout } from "../ports/real-timers";
import type { Engine } from "./engine";
import type { Progress, WaitOptions } from "./progress";

/** The pauses between two looks at a checkpoint that another process moves. */
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 50;

/** Waits for subscriptions of this process, and by their checkpoints for those that others run. */
export class Waiting implements Progress {
  constructor(private readonly engine: Engine) {}

  onFlush(subscription: string, listener: () => void): () => void {
    return this.engine.onFlush(subscription, listener);
  }

  async reached(subscription: string, position: number, { timeoutMs, signal }: WaitOptions): Promise<void> {
    const end = now() + timeoutMs;
    let lookMs = FIRST_LOOK_MS;
    for (;;) {
      const here = this.#positionHere(subscription);
      // Nothing may move between the look at a worker and the start of the wait for it.
      const at = here ?? (await this.#positionStored(subscription));
      if (at !== undefined && at >= position) return;
      const fault = this.#fault(subscription, position);
      if (fault !== undefined) throw fault;
      if (signal?.aborted) throw this.#error(subscription, position, "aborted", "the wait was given up", signal.reason);
      const left = end - now();
      if (left <= 0) throw this.#timedOut(subscription, position, timeoutMs, at);
      await this.#change(here !== undefined ? left : Math.min(left, lookMs), signal);
      lookMs = Math.min(lookMs * 2, LAST_LOOK_MS);
    }
  }

  /** The position of a subscription that has all of its buckets in this process. */
  #positionHere(subscription: string): number | undefined {
    return this.engine.workers.get(subscription)?.position;
  }

  /** The position of the last bucket: of those in this process as it knows it, of others as it is stored. */
  async #positionStored(subscription: string): Promise<number | undefined> {
    const checkpoints = await this.engine.operations.subscriptions.checkpoints(subscription);
    if (checkpoints.length === 0) return undefined;
    const here = this.engine.workers.get(subscription)?.positions;
    return Math.min(...checkpoints.map(({ bucket, position }) => Math.max(here?.get(bucket) ?? 0, position)));
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
