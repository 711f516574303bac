import { clearLine, cursorTo } from "node:readline";

import { grouped } from "./quantities";

/** Often enough to look alive. */
const REDRAWN_MS = 100;

/** Says on a terminal how many events a scan has read, in one line that goes away again. Elsewhere it says nothing. */
export class EventCounter {
  private drawnAt = 0;
  private isDrawn = false;
  private events = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  step(): void {
    this.events++;
    if (!this.stream.isTTY || this.events % 256 !== 0) return;
    const now = Date.now();
    if (now - this.drawnAt < REDRAWN_MS) return;
    this.clear();
    this.stream.write(`${grouped(this.events)} events read`);
    this.drawnAt = now;
    this.isDrawn = true;
  }

  /** Takes the line off the screen, before something else is printed there. */
  clear(): void {
    if (!this.isDrawn) return;
    cursorTo(this.stream, 0);
    clearLine(this.stream, 0);
    this.isDrawn = false;
  }
}
