import { setImmediate as nextTurn } from "node:timers/promises";

import type { RecordedEvent } from "@tidemark/core";

import { EventCounter } from "../event-counter";
import { ExitStatus } from "../exit-status";
import { Interruption } from "../interruption";

const EVENTS_PER_TURN = 256;

/** One pass over many events, which Ctrl-C ends early and a terminal can watch. */
export class Scan implements Disposable {
  private readonly interruption = new Interruption();
  private readonly counter = new EventCounter(process.stderr);

  /** The events up to the one at which the scan is stopped. */
  async *over(events: AsyncIterable<RecordedEvent>): AsyncGenerator<RecordedEvent> {
    const { signal } = this.interruption;
    let count = 0;
    for await (const event of events) {
      // An embedded store answers at once: without a turn of the event loop no signal would ever be heard.
      if (++count % EVENTS_PER_TURN === 0) await nextTurn();
      if (signal.aborted) return;
      this.counter.step();
      yield event;
    }
  }

  /** Makes room on the terminal for something else. */
  aside(): void {
    this.counter.clear();
  }

  get isStopped(): boolean {
    return this.interruption.by !== undefined;
  }

  /** Says that the scan was stopped, where it was. @returns the exit status. */
  end(status: number = ExitStatus.done): number {
    this.counter.clear();
    const { by } = this.interruption;
    if (by === undefined) return status;
    process.stderr.write(`Stopped by ${by}: the remaining events were not read.\n`);
    return ExitStatus.endedBy(by);
  }

  [Symbol.dispose](): void {
    this.counter.clear();
    this.interruption[Symbol.dispose]();
  }
}
