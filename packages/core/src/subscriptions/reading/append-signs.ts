import type { EventLog, StopListening } from "../../ports/event-log";
import { clearTimeout, setImmediate, setTimeout } from "../../ports/real-timers";

/** How long to wait where the store cannot tell of appends, and where it can and a sign was lost. */
const POLL_MS = 250;
const PATIENCE_MS = 3_000;

/**
 * Tells everybody who waits at the end of the log that it is worth reading on. Signs come from the store, from the units of work of this
 * process, and after a while from a timer, because a sign can be lost.
 */
export class AppendSigns {
  #count = 0;
  #isDue = false;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #stop: StopListening | undefined;
  #listening: Promise<void> | undefined;
  #keepers = 0;

  constructor(private readonly log: EventLog) {}

  /** Grows with each sign: a page that was read since the last one holds everything that the sign stands for. */
  get count(): number {
    return this.#count;
  }

  /** Listens to the store, where it can tell. A store that cannot be reached now is polled, and asked again at the next call. */
  async listen(): Promise<void> {
    if (this.#stop !== undefined || this.log.onAppend === undefined) return;
    this.#listening ??= this.#listen(this.log.onAppend.bind(this.log));
    await this.#listening;
  }

  /** While somebody keeps it, waiting keeps the process alive. @returns a function that ends it. */
  keepAlive(): () => void {
    this.#keepers++;
    this.#timer?.ref();
    return () => {
      if (--this.#keepers === 0) this.#timer?.unref();
    };
  }

  /** Gives a sign, after the work at hand: several until then are one. */
  give(): void {
    if (this.#isDue) return;
    if (this.#waiting.size === 0) {
      this.#count++;
      return;
    }
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#arrived();
    });
  }

  /** Resolves at the first sign after the one with number `seen`. */
  async after(seen: number): Promise<void> {
    if (this.#count > seen) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      this.#timer ??= this.#alarm();
    });
  }

  /** Stops listening. Who waits is told. */
  async close(): Promise<void> {
    this.#arrived();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#listening;
    const stop = this.#stop;
    this.#stop = undefined;
    this.#listening = undefined;
    await stop?.();
  }

  #arrived(): void {
    this.#count++;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const resolve of waiting) resolve();
  }

  #alarm(): NodeJS.Timeout {
    const timer = setTimeout(() => this.#arrived(), this.#stop === undefined ? POLL_MS : PATIENCE_MS);
    if (this.#keepers === 0) timer.unref();
    return timer;
  }

  async #listen(onAppend: NonNullable<EventLog["onAppend"]>): Promise<void> {
    try {
      this.#stop = await onAppend(() => this.give());
    } catch {
      this.#listening = undefined;
    }
  }
}
