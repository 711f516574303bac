import { type Clock, systemClock } from "../../elements/clock";
import type { QueueTime } from "../../ports/command-queue";
import { wallTime } from "../../ports/real-timers";

/** The clock by which the queue is judged: the domain's where it was given one, that of the store otherwise. */
export class QueueClock {
  readonly #own: Clock | undefined;

  /** @param clock that of the domain. */
  constructor(clock: Clock) {
    this.#own = clock === systemClock ? undefined : clock;
  }

  /** The present time, in milliseconds since 1970; undefined where the store knows it best. */
  get now(): number | undefined {
    return this.#own?.now().getTime();
  }

  /** The present time as well as this process knows it. */
  get about(): number {
    return this.now ?? wallTime();
  }

  /** The moment that is some milliseconds away. */
  after(ms: number): QueueTime {
    const { now } = this;
    return now === undefined ? { afterMs: ms } : { at: now + ms };
  }

  /** The same moment, by this clock. */
  of(time: QueueTime): QueueTime {
    return "afterMs" in time ? this.after(time.afterMs) : time;
  }
}
