import { setImmediate as nextTurn } from "node:timers/promises";

import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { EventCounter } from "./event-counter";

const EVENTS_PER_TURN = 256;

/** Reads many events once: Ctrl-C stops it, and a terminal shows how many were read. */
export class Scan implements Disposable {
  private readonly interruption: Interruption;
  private readonly counter: EventCounter;

  constructor(private readonly io: Io) {
    this.interruption = new Interruption(io);
    this.counter = new EventCounter(io.stderr);
  }

  /** Yields the events up to the one at which the scan is stopped. */
  async *over<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
    const { signal } = this.interruption;
    let count = 0;
    for await (const event of events) {
      // An embedded store answers without waiting, and signals arrive only between two turns of the event loop.
      if (++count % EVENTS_PER_TURN === 0) await nextTurn();
      if (signal.aborted) return;
      this.counter.step();
      yield event;
    }
  }

  /** Removes the counter from the terminal, before something else is printed. */
  clear(): void {
    this.counter.clear();
  }

  get isStopped(): boolean {
    return this.interruption.by !== undefined;
  }

  /** Ends the scan, and prints a note when a signal stopped it. @returns the exit status. */
  end(status: number = ExitStatus.done): number {
    this.counter.clear();
    const { by } = this.interruption;
    if (by === undefined) return status;
    this.io.stderr.write(`Stopped by ${by}: the remaining events were not read.\n`);
    return ExitStatus.endedBy(by);
  }

  [Symbol.dispose](): void {
    this.counter.clear();
    this.interruption[Symbol.dispose]();
  }
}
