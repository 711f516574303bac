import type { Answer } from "../ports/answer";
import { clearTimeout, setTimeout } from "../ports/real-timers";

/** Longer than most work takes. */
const FIRST_PATIENCE_MS = 200;
/** Longer than work on one aggregate should ever take. */
const LONGEST_PATIENCE_MS = 10_000;

/** A writer's turn at a stream, until it is passed on. */
export interface Turn {
  readonly stream: string;
  /** Whether other writers had their turns first. */
  readonly hasWaited: boolean;
  /** True once it was passed on, or has taken so long that the next writer went ahead. */
  readonly isOver: boolean;
  /** Gives the turn to the next writer in line. A second call does nothing. */
  pass(): void;
}

/**
 * Lines up the writers of this process that lost a race for the same stream, or are likely to: one after the other each
 * succeeds at once, where all of them together would lose again and again. The line is a courtesy, because the expected
 * version decides. A writer whose turn takes too long is passed over, so that work that never ends holds nobody up for long.
 */
export class StreamTurns {
  readonly #lines = new Map<string, Line>();
  readonly #ended = (stream: string) => {
    this.#lines.delete(stream);
    this.#listener?.(stream);
  };

  #listener: ((stream: string) => void) | undefined;

  /** @param patienceMs how long the next writer waits for a turn to be passed on, before it is known how long turns take. */
  constructor(private readonly patienceMs = FIRST_PATIENCE_MS) {}

  /** Whether nobody has a turn, which is all that most loads need to know. */
  get areIdle(): boolean {
    return this.#lines.size === 0;
  }

  /** Whether a race was lost for the stream and its line has not ended since, so that all others should wait. */
  isContested(stream: string): boolean {
    return this.#lines.get(stream)?.isContested ?? false;
  }

  /** Whether somebody waits for a turn at the stream. */
  isWaitedFor(stream: string): boolean {
    return this.#lines.get(stream)?.isWaitedFor ?? false;
  }

  /** Calls `listener` with each stream that nobody has a turn at any more. There is one at most. */
  onEnd(listener: (stream: string) => void): void {
    this.#listener = listener;
  }

  /** Takes a turn after a lost race: waits for the writers ahead. @param signal ends the wait; its reason is thrown then. */
  async take(stream: string, signal?: AbortSignal): Promise<Turn> {
    const line = this.#lineAt(stream);
    line.isContested = true;
    return await line.join(signal);
  }

  /** Takes a turn before any race: at once where nobody is ahead, else as `take` does. */
  begin(stream: string, signal?: AbortSignal): Answer<Turn> {
    return this.#lineAt(stream).join(signal);
  }

  #lineAt(stream: string): Line {
    let line = this.#lines.get(stream);
    if (line === undefined) {
      line = new Line(stream, this.patienceMs, this.#ended);
      this.#lines.set(stream, line);
    }
    return line;
  }
}

/** The writers that wait for one stream, and the one whose turn it is. */
class Line {
  /** Whether one of its writers has lost a race. */
  isContested = false;
  current: Turn | undefined;
  /** In the order in which they joined; undefined before the first one has to wait. */
  #waiting: Set<(turn: Turn) => void> | undefined;
  /** Runs while somebody waits, and starts anew with every turn. */
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly stream: string,
    private patienceMs: number,
    private readonly ended: (stream: string) => void,
  ) {}

  get isWaitedFor(): boolean {
    return this.#waiting !== undefined && this.#waiting.size > 0;
  }

  join(signal: AbortSignal | undefined): Answer<Turn> {
    if (this.current === undefined) return this.#nextTurn(false);
    this.#waiting ??= new Set();
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const giveUp = () => {
        waiting.delete(begin);
        reject(signal?.reason);
      };
      const begin = (turn: Turn) => {
        signal?.removeEventListener("abort", giveUp);
        resolve(turn);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      waiting.add(begin);
      this.#timer ??= this.#startTimer();
    });
  }

  moveOn(): void {
    for (const begin of this.#waiting ?? NOBODY) {
      this.#waiting?.delete(begin);
      begin(this.#nextTurn(true));
      return;
    }
    this.current = undefined;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.ended(this.stream);
  }

  #nextTurn(hasWaited: boolean): Turn {
    const turn = new TurnInLine(this, hasWaited);
    this.current = turn;
    this.#timer?.refresh();
    return turn;
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => this.#passOver(), this.patienceMs);
  }

  /** The next writer is likely to lose against the one that it passes, and so would each one after it: they wait longer. */
  #passOver(): void {
    this.patienceMs = Math.min(2 * this.patienceMs, LONGEST_PATIENCE_MS);
    this.#timer = undefined;
    if (!this.isWaitedFor) return;
    this.moveOn();
    this.#timer = this.#startTimer();
  }
}

const NOBODY: readonly never[] = [];

class TurnInLine implements Turn {
  constructor(
    private readonly line: Line,
    readonly hasWaited: boolean,
  ) {}

  get stream(): string {
    return this.line.stream;
  }

  get isOver(): boolean {
    return this.line.current !== this;
  }

  pass(): void {
    if (!this.isOver) this.line.moveOn();
  }
}
