import type { Clock } from "../elements/clock";
import { CommandAbortedError } from "../errors/command-aborted-error";
import { DeadlineExceededError } from "../errors/deadline-exceeded-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Answer } from "../ports/answer";
import { clearTimeout, now, setTimeout } from "../ports/real-timers";

/** How long a command may take, and how its caller can give it up. */
export interface LimitOptions {
  /** How long the command may take, retries included. Give this or `deadline`. */
  readonly timeoutMs?: number;
  /** When the command must be done, by the domain's clock. One that runs later is not carried out any more after that. */
  readonly deadline?: Date;
  /** Gives the command up when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The longest that a timer of Node waits; a longer limit takes several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The limits of one command. Until its commit starts a command is given up at once, whatever it waits for; once the commit
 * has started its outcome stands.
 */
export class CommandLimits {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  #timer: NodeJS.Timeout | undefined;
  #isCommitting = false;

  private constructor(
    private readonly command: string,
    private readonly time: { readonly end: number; readonly inWords: string } | undefined,
    sources: readonly (AbortSignal | undefined)[],
  ) {
    this.#sources = sources.filter((source) => source !== undefined);
  }

  /**
   * @param inherited the signal of the command that this one is processed in.
   * @returns undefined without any limit.
   * @throws IncorrectUsageError for a limit that is not valid.
   */
  static of(command: string, options: LimitOptions, inherited: AbortSignal | undefined, clock: Clock) {
    const { timeoutMs, deadline, signal } = options;
    if (timeoutMs === undefined && deadline === undefined && signal === undefined) return undefined;
    const fault = faultOf(options);
    if (fault !== undefined) throw new IncorrectUsageError(`Cannot process ${command}: ${fault}`);
    return new CommandLimits(command, endOf(options, clock), [inherited, signal]);
  }

  /** Aborted when the command is given up, with the error that says why. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Does the work unless the command is given up first: then it rejects at once, and `startCommit` stops what the work still
   * does.
   */
  async race<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this;
    const listeners = this.#sources.map((source) => [source, () => this.#giveUp(source.reason)] as const);
    for (const [source, listener] of listeners) source.addEventListener("abort", listener);
    this.#watchTheTime();
    try {
      this.check();
      return await new Promise<T>((resolve, reject) => {
        signal.addEventListener("abort", () => this.#isCommitting || reject(signal.reason));
        work().then(resolve, reject);
      });
    } finally {
      clearTimeout(this.#timer);
      for (const [source, listener] of listeners) source.removeEventListener("abort", listener);
    }
  }

  /** @throws DeadlineExceededError, CommandAbortedError when the command is given up. */
  check(): void {
    for (const { aborted, reason } of this.#sources) if (aborted) this.#giveUp(reason);
    // A timer does not fire while a handler computes.
    if (this.time !== undefined && now() >= this.time.end) this.#expire();
    this.signal.throwIfAborted();
  }

  /** Starts the commit: from here on nothing gives the command up, unless the commit fails. @throws as `check` does. */
  startCommit(): void {
    this.check();
    this.#isCommitting = true;
  }

  /** Awaits an attempt; when it fails, the command can be given up again. */
  async unlessCommitted<T>(attempt: Answer<T>): Promise<T> {
    try {
      return await attempt;
    } catch (error) {
      this.#isCommitting = false;
      throw error;
    }
  }

  #watchTheTime(): void {
    if (this.time === undefined) return;
    const left = this.time.end - now();
    const onTimer = () => (left > LONGEST_TIMER_MS ? this.#watchTheTime() : this.#expire());
    this.#timer = setTimeout(onTimer, Math.max(0, Math.min(left, LONGEST_TIMER_MS)));
  }

  #expire(): void {
    this.#controller.abort(new DeadlineExceededError({ command: this.command, limit: this.time?.inWords ?? "" }));
  }

  /** Gives this command up for the reason for which the command around it was given up. */
  #giveUp(reason: unknown): void {
    const isTyped = reason instanceof DeadlineExceededError || reason instanceof CommandAbortedError;
    this.#controller.abort(isTyped ? reason : new CommandAbortedError({ command: this.command }, reason));
  }
}

function faultOf({ timeoutMs, deadline, signal }: LimitOptions): string | undefined {
  if (timeoutMs !== undefined && deadline !== undefined) return "give either timeoutMs or deadline";
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs >= 0))
    return `timeoutMs must be a number of at least 0, found ${timeoutMs}`;
  if (deadline !== undefined && !(deadline instanceof Date && !Number.isNaN(deadline.getTime())))
    return "deadline must be a valid Date";
  return signal === undefined || signal instanceof AbortSignal ? undefined : "signal must be an AbortSignal";
}

function endOf({ timeoutMs, deadline }: LimitOptions, clock: Clock) {
  if (timeoutMs !== undefined) return { end: now() + timeoutMs, inWords: `its ${timeoutMs} ms` };
  if (deadline === undefined) return undefined;
  const left = deadline.getTime() - clock.now().getTime();
  return { end: now() + left, inWords: `its deadline ${deadline.toISOString()}` };
}
