import { clearTimeout, setTimeout } from "node:timers";

/** Longer than most work takes, and short enough where the work ahead never ends. */
const LONGEST_WAIT_MS = 200;

/** A writer's turn at a stream, until it is passed on. */
export interface Turn {
  readonly stream: string;
  /** Gives the turn to the next writer in line. */
  pass(): void;
}

/**
 * Lines up the writers of this process that lost a race for the same stream: one after the other each succeeds at once,
 * where all of them together would lose again and again. The line is a courtesy, because the expected version decides: a
 * writer that has waited too long goes ahead.
 */
export class StreamTurns {
  /** When the last one in each line has passed its turn on. */
  readonly #lines = new Map<string, Promise<void>>();

  constructor(private readonly longestWaitMs = LONGEST_WAIT_MS) {}

  /** Whether no stream is taken, which is all that most loads need to know. */
  get areIdle(): boolean {
    return this.#lines.size === 0;
  }

  /** Whether a writer that lost a race has its turn at the stream, so that others should wait. */
  isTaken(stream: string): boolean {
    return this.#lines.has(stream);
  }

  /** Waits for the writers ahead. @param signal ends the wait; its reason is thrown then. */
  async take(stream: string, signal?: AbortSignal): Promise<Turn> {
    const before = this.#lines.get(stream);
    let pass!: () => void;
    const passed = new Promise<void>((resolve) => {
      pass = resolve;
    });
    this.#lines.set(stream, passed);
    const turn = {
      stream,
      pass: () => {
        pass();
        if (this.#lines.get(stream) === passed) this.#lines.delete(stream);
      },
    };
    if (before === undefined) return turn;
    try {
      await soon(before, this.longestWaitMs, signal);
      return turn;
    } catch (reason) {
      // The writers behind go on waiting for the one ahead.
      void before.then(turn.pass);
      throw reason;
    }
  }
}

/** Waits for `passed`, but not for ever. By hand, because thousands may wait in a second and hardly one too long. */
function soon(passed: Promise<void>, longestMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(done, longestMs);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
    passed.then(done);
  });
}
