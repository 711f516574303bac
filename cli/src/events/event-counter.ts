import { clearLine, cursorTo } from "node:readline";

import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";

/** The least time between two drawings. */
const REDRAW_MS = 100;

/** How many events pass between two looks at the clock. */
const EVENTS_PER_LOOK = 256;

/** Shows on a terminal how many events were read, in one line that is removed at the end. Shows nothing elsewhere. */
export class EventCounter {
  private drawnAt = 0;
  private isDrawn = false;
  private events = 0;

  constructor(private readonly stream: Io["stderr"]) {}

  step(): void {
    this.events++;
    if (!this.stream.isTTY || this.events % EVENTS_PER_LOOK !== 0) return;
    const now = Date.now();
    if (now - this.drawnAt < REDRAW_MS) return;
    this.clear();
    this.stream.write(`${grouped(this.events)} events read`);
    this.drawnAt = now;
    this.isDrawn = true;
  }

  /** Removes the line, before something else is printed in its place. */
  clear(): void {
    if (!this.isDrawn) return;
    cursorTo(this.stream, 0);
    clearLine(this.stream, 0);
    this.isDrawn = false;
  }
}
