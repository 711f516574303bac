import type { Participant } from "../unit-of-work/participant";
import type { StreamTurns, Turn } from "./stream-turns";

/**
 * The one turn that a unit of work has at a stream, or waits for: a unit that waited for a second one would hold up others
 * with the first.
 */
export class TurnOfUnit implements Participant {
  #isLinedUp = false;
  #isEnded = false;
  #turn: Turn | undefined;

  /** Notes that whoever runs the unit has a turn, and passes it on. */
  isHeldByRunner(): void {
    this.#isLinedUp = true;
  }

  /** Takes a turn at a stream and keeps it until the unit ends, unless the unit has one already. */
  lineUp(stream: string, turns: StreamTurns, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#isLinedUp) return undefined;
    this.#isLinedUp = true;
    return turns.take(stream, signal).then((turn) => {
      if (this.#isEnded) turn.pass();
      else this.#turn = turn;
    });
  }

  ended(): void {
    this.#isEnded = true;
    this.#turn?.pass();
  }
}
