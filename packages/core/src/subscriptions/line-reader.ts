import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { clearTimeout, setImmediate, setTimeout } from "../ports/real-timers";
import type { AppendSigns } from "./append-signs";
import { OUTAGE, pauseMs, pauseUnless } from "./growing-pause";
import { CheckpointLost, DEBOUNCE_MS } from "./held-checkpoint";
import type { Line, Meeting } from "./line";
import type { PageParts } from "./page-parts";
import type { Page, SharedPages } from "./shared-pages";
import { eventsBehind } from "./wanted-events";

/** How long the reader waits for lines that are at work, before they go on alone. */
const PATIENCE_MS = 20;

interface LineReaderParts {
  readonly pages: SharedPages;
  readonly signs: AppendSigns;
  readonly parts: PageParts;
  /** Takes a line that goes on alone after what it has in hand. */
  readonly detached: (line: Line, delivering: Promise<void>) => void;
  /** Called when the position has moved. */
  readonly moved: () => void;
}

/**
 * Reads for all lines of a subscription that are near each other: each page once. A line without events in a page costs nothing. One
 * that is not done with its events in time goes on alone, until it meets the reader again.
 */
export class LineReader implements Meeting {
  readonly #lines = new Map<number, Line>();
  readonly #end = new AbortController();
  #position = 0;
  /** How far the step under way leads; undefined between two steps. */
  #stepUpTo: number | undefined;
  #stepEnded: Promise<void> = Promise.resolve();
  #joined: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #run: Promise<void> | undefined;

  constructor(private readonly parts: LineReaderParts) {}

  /** Everything up to here is done for the lines that have nothing in hand. */
  get position(): number {
    return this.#position;
  }

  hasMet(line: Line): boolean | Promise<boolean> {
    if (this.#stepUpTo === undefined) return this.#join(line);
    // In the midst of a step the line takes the same events by itself, and joins behind it.
    if (line.position < this.#stepUpTo) return false;
    return this.#stepEnded.then(() => this.#stepUpTo === undefined && this.#join(line));
  }

  isAhead(line: Line): boolean {
    return line.position < (this.#stepUpTo ?? this.#position);
  }

  /** Feeds a line no more. */
  leave(line: Line): void {
    for (const [bucket, found] of this.#lines) if (found === line) this.#lines.delete(bucket);
    line.leave();
  }

  /** Reads no more. What lines have in hand goes on. */
  async end(): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#timer);
    this.#joined();
    this.parts.signs.give();
    await this.#run;
  }

  #join(line: Line): boolean {
    if (this.#end.signal.aborted) return false;
    if (this.#lines.size === 0 && this.#position !== line.position) {
      this.#position = line.position;
      // It may be waiting at the end of the log.
      this.parts.signs.give();
    }
    if (line.position < this.#position) return false;
    for (const bucket of line.buckets) this.#lines.set(bucket, line);
    line.join(this);
    this.#joined();
    this.#run ??= this.#read();
    return true;
  }

  async #read(): Promise<void> {
    const { pages, signs } = this.parts;
    const { signal } = this.#end;
    let outages = 0;
    while (!signal.aborted) {
      if (this.#lines.size === 0) {
        pages.leave(this);
        await new Promise<void>((resolve) => (this.#joined = resolve));
        continue;
      }
      try {
        const start = this.#position;
        const page = await pages.behind(start, this);
        outages = 0;
        // The only line may have left meanwhile, and another one may have come.
        if (signal.aborted || this.#position !== start || this.#lines.size === 0) continue;
        await this.#step(page);
        if (signal.aborted) break;
        if (page.atEnd) await signs.after(page.signs);
        else await new Promise<void>((resolve) => setImmediate(resolve));
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await pauseUnless(signal, pauseMs(OUTAGE, ++outages));
      }
    }
    pages.leave(this);
  }

  async #step(page: Page): Promise<void> {
    const { byBucket, upTo } = this.parts.parts.of(page);
    this.#stepUpTo = upTo;
    let ended: () => void = () => undefined;
    this.#stepEnded = new Promise((resolve) => (ended = resolve));
    try {
      const atWork = new Map<Line, Promise<void>>();
      for (const [bucket, events] of byBucket) {
        const line = this.#lines.get(bucket);
        if (line === undefined) continue;
        const behind = eventsBehind(events, line.position);
        if (behind.length > 0) atWork.set(line, line.deliver(behind, upTo));
      }
      if (atWork.size > 0) await this.#awaited(atWork);
    } finally {
      if (upTo > this.#position) this.#position = upTo;
      this.#stepUpTo = undefined;
      ended();
    }
    this.#storeSoon();
    this.parts.moved();
  }

  /** Waits for lines, and lets those go that take long or have failed. */
  async #awaited(atWork: Map<Line, Promise<void>>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    const left = new Map(atWork);
    const done = Array.from(atWork, ([line, delivering]) =>
      delivering.then(() => void left.delete(line)).catch(() => undefined),
    );
    await Promise.race([isLate, Promise.all(done)]);
    clearTimeout(timer);
    for (const [line, delivering] of left) {
      this.leave(line);
      this.parts.detached(line, delivering);
    }
  }

  #storeFailed(line: Line, error: unknown): void {
    if (!(error instanceof CheckpointLost) || line.isEnding) return;
    this.leave(line);
    this.parts.detached(line, Promise.reject(error));
  }

  /** Stores the positions of lines that events are only passed over for, all at once. */
  #storeSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const line of this.#lines.values()) line.storePosition().catch((error) => this.#storeFailed(line, error));
    }, DEBOUNCE_MS);
  }
}
