import type { AppendedStream } from "../ports/event-log";
import type { Participant } from "../unit-of-work/participant";
import type { StreamTurns, Turn } from "./stream-turns";

interface EarlyTurn {
  readonly turns: StreamTurns;
  readonly signal: AbortSignal | undefined;
  /** Called where the unit comes to its commit and appends nothing to the stream: it need not have waited. */
  readonly onlyRead: () => void;
}

/**
 * The one turn that a unit of work has at a stream, or waits for: a unit that waited for a second one would hold up others
 * with the first.
 */
export class TurnOfUnit implements Participant {
  #isLinedUp = false;
  #isEnded = false;
  #turn: Turn | undefined;
  #lostAt: string | undefined;
  #onlyRead: (() => void) | undefined;
  #hasOnlyRead = false;

  /** The stream at which whoever runs the unit took its turn, after it had lost a race there. */
  get lostAt(): string | undefined {
    return this.#lostAt;
  }

  /** Notes that whoever runs the unit has a turn, and passes it on. */
  isHeldByRunner({ stream }: Pick<Turn, "stream">): void {
    this.#isLinedUp = true;
    this.#lostAt = stream;
  }

  /** Takes a turn at a contested stream and keeps it until the unit ends, unless the unit has one already. */
  lineUp(stream: string, turns: StreamTurns, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#isLinedUp) return undefined;
    this.#isLinedUp = true;
    return turns.take(stream, signal).then((turn) => this.#has(turn));
  }

  /** Does the same before any race, at once where nobody is ahead. For a unit that is likely to append to the stream. */
  begin(stream: string, { turns, signal, onlyRead }: EarlyTurn): Promise<void> | undefined {
    if (this.#isLinedUp) return undefined;
    this.#isLinedUp = true;
    this.#onlyRead = onlyRead;
    const turn = turns.begin(stream, signal);
    if (turn instanceof Promise) return turn.then((begun) => this.#has(begun));
    this.#turn = turn;
    return undefined;
  }

  check(): void {
    this.#hasOnlyRead = true;
  }

  committed(appended: readonly AppendedStream[]): void {
    // A unit that appends nothing, and is committed all the same, has changed a row.
    this.#hasOnlyRead = appended.length > 0 && appended.every(({ stream }) => stream !== this.#turn?.stream);
  }

  failed(): void {
    this.#hasOnlyRead = false;
  }

  ended(): void {
    this.#isEnded = true;
    this.#turn?.pass();
    if (this.#hasOnlyRead) this.#onlyRead?.();
  }

  #has(turn: Turn): void {
    if (this.#isEnded) turn.pass();
    else this.#turn = turn;
  }
}
