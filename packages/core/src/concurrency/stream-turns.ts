import { clearTimeout, setTimeout } from "../ports/real-timers";

/** Longer than most work takes. */
const FIRST_PATIENCE_MS = 200;
/** Longer than work on one aggregate should ever take. */
const LONGEST_PATIENCE_MS = 10_000;

/** A writer's turn at a stream, until it is passed on. */
export interface Turn {
  readonly stream: string;
  /** True once it was passed on, or has taken so long that the next writer went ahead. */
  readonly isOver: boolean;
  /** Gives the turn to the next writer in line. A second call does nothing. */
  pass(): void;
}

/**
 * Lines up the writers of this process that lost a race for the same stream: one after the other each succeeds at once,
 * where all of them together would lose again and again. The line is a courtesy, because the expected version decides. A
 * writer whose turn takes too long is passed over, so that work that never ends holds nobody up for long.
 */
export class StreamTurns {
  readonly #lines = new Map<string, Line>();

  /** @param patienceMs how long the next writer waits for a turn to be passed on, before it is known how long turns take. */
  constructor(private readonly patienceMs = FIRST_PATIENCE_MS) {}

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
    let line = this.#lines.get(stream);
    if (line === undefined) {
      line = new Line(stream, this.patienceMs, () => this.#lines.delete(stream));
      this.#lines.set(stream, line);
    }
    return await line.join(signal);
  }
}

/** The writers that wait for one stream, and the one whose turn it is. */
class Line {
  /** In the order in which they joined. */
  readonly #waiting = new Set<(turn: Turn) => void>();
  #current: Turn | undefined;
  /** Runs while somebody waits, and starts anew with every turn. */
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stream: string,
    private patienceMs: number,
    private readonly ended: () => void,
  ) {}

  join(signal: AbortSignal | undefined): Promise<Turn> | Turn {
    if (this.#current === undefined) return this.#nextTurn();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const giveUp = () => {
        this.#waiting.delete(begin);
        reject(signal?.reason);
      };
      const begin = (turn: Turn) => {
        signal?.removeEventListener("abort", giveUp);
        resolve(turn);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(begin);
      this.#timer ??= this.#startTimer();
    });
  }

  #nextTurn(): Turn {
    const line = this;
    const turn: Turn = {
      stream: this.stream,
      get isOver() {
        return line.#current !== turn;
      },
      pass: () => this.#pass(turn),
    };
    this.#current = turn;
    this.#timer?.refresh();
    return turn;
  }

  #pass(turn: Turn): void {
    if (this.#current === turn) this.#moveOn();
  }

  #moveOn(): void {
    for (const begin of this.#waiting) {
      this.#waiting.delete(begin);
      begin(this.#nextTurn());
      return;
    }
    this.#current = undefined;
    clearTimeout(this.#timer);
    this.ended();
  }

  #startTimer(): NodeJS.Timeout {
    return setTimeout(() => this.#passOver(), this.patienceMs);
  }

  /** The next writer is likely to lose against the one that it passes, and so would each one after it: they wait longer. */
  #passOver(): void {
    this.patienceMs = Math.min(2 * this.patienceMs, LONGEST_PATIENCE_MS);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.#moveOn();
    this.#timer = this.#startTimer();
  }
}
