import { CommandPendingError } from "../../errors/command-pending-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../../errors/object-not-found-error";
import type { CommandModel } from "../../model/command-model";
import type { Answer } from "../../ports/answer";
import type { QueueEntry } from "../../ports/command-queue";
import { clearTimeout, now, setTimeout } from "../../ports/real-timers";
import { inWords } from "../../wording/in-words";
import type { ResultOptions } from "./command-handle";
import type { QueueSigns, SettledEntry } from "./queue-signs";
import { queuedResult } from "./queued-result";

interface AwaitedResultParts {
  readonly find: (id: string) => Answer<QueueEntry | undefined>;
  readonly signs: QueueSigns;
  readonly models: ReadonlyMap<string, CommandModel>;
  /** Whether this process carries out the commands of a lane: it knows then when one has ended. */
  readonly isServedHere: (lane: string) => boolean;
  /** Whether other processes may carry them out. */
  readonly isShared: boolean;
}

/** The pauses between two looks at an entry that another process may change. */
const FIRST_LOOK_MS = 5;
const LAST_LOOK_MS = 250;
/** The same where this process tells of most ends by itself: another server may have carried the command out, or this one may be cut off. */
const FIRST_LOOK_WHILE_SERVED_MS = 500;
const LAST_LOOK_WHILE_SERVED_MS = 4_000;

/** Waits for the ends of commands in the queue: by the signs of this process, and by looks at the queue. */
export class AwaitedResults {
  readonly #waiting = new Set<() => void>();
  #refusal: (() => Error) | undefined;

  constructor(private readonly parts: AwaitedResultParts) {}

  /** Ends all waits, with an error that says so: nobody looks at the queue any more. */
  close(refusal: () => Error): void {
    this.#refusal = refusal;
    for (const wake of this.#waiting) wake();
  }

  /** @throws as `CommandHandle.result` says. */
  async of(id: string, { timeoutMs, signal }: ResultOptions): Promise<unknown> {
    if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs >= 0))
      throw new IncorrectUsageError(`"timeoutMs" must be a number of at least 0, found ${inWords(timeoutMs)}`);
    const end = timeoutMs === undefined ? Number.POSITIVE_INFINITY : now() + timeoutMs;
    const { signs, models, isServedHere } = this.parts;
    let told: SettledEntry | undefined;
    let wake: () => void = () => undefined;
    const stop = signs.onSettled(id, (settled) => {
      told = settled;
      wake();
    });
    const woken = () => wake();
    this.#waiting.add(woken);
    try {
      for (let looks = 0; ; looks++) {
        signal?.throwIfAborted();
        if (this.#refusal !== undefined) throw this.#refusal();
        const entry = told ?? (await this.parts.find(id));
        if (entry === undefined && told === undefined) throw notInQueue(id, "to give the result of");
        const known = told ?? (entry as QueueEntry);
        const result = queuedResult(known, models.get(known.type));
        if (result !== undefined) {
          if ("error" in result) throw result.error;
          return result.value;
        }
        const waiting = known as QueueEntry;
        const left = end - now();
        if (left <= 0) throw this.#pending(waiting, timeoutMs as number);
        const pauseMs = pauseBefore(looks, isServedHere(waiting.lane));
        if (told === undefined && this.#refusal === undefined)
          await pauseUntil((end) => (wake = end), Math.min(left, pauseMs), signal);
      }
    } finally {
      stop();
      this.#waiting.delete(woken);
    }
  }

  #pending({ id, type: command, lane, state, claimedBy }: QueueEntry, timeoutMs: number): CommandPendingError {
    const { isServedHere, isShared } = this.parts;
    const isWorkedOn = claimedBy !== undefined;
    const advice = isShared
      ? "is a server running, `domain server`?"
      : "start one with domain.serve(), or run what is left with domain.catchUp()";
    const nobody = `no worker has it, and this process does not serve lane ${JSON.stringify(lane)}: ${advice}`;
    const explanation = isWorkedOn
      ? "a worker has it"
      : isServedHere(lane)
        ? "others are before it, or it is not due"
        : nobody;
    return new CommandPendingError({ id, command, timeoutMs, state }, explanation);
  }
}

/** Makes the error for a command that nobody finds. @param asked what was asked for: `to cancel`. */
export function notInQueue(id: string, asked: string): ObjectNotFoundError {
  return new ObjectNotFoundError({ aggregate: "queued command", id, asked });
}

function pauseBefore(looks: number, isServedHere: boolean): number {
  const [first, last] = isServedHere
    ? [FIRST_LOOK_WHILE_SERVED_MS, LAST_LOOK_WHILE_SERVED_MS]
    : [FIRST_LOOK_MS, LAST_LOOK_MS];
  return Math.min(first * 2 ** looks, last);
}

/** Waits for a while, until it is woken, or until the signal is aborted. */
function pauseUntil(onWake: (wake: () => void) => void, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
    signal?.addEventListener("abort", done, { once: true });
    onWake(done);
  });
}
