import type { EventLog, StopListening } from "../ports/event-log";
import { clearTimeout, setTimeout } from "../ports/real-timers";

/** How long to wait where the store cannot tell of appends, and where it can and a sign was lost. */
const POLL_MS = 250;
const PATIENCE_MS = 5_000;

/** Waits for what is appended to a log. Nothing listens before `listen()`, and waiting keeps the process alive. */
export class NextAppend {
  #isDue = false;
  #wake: (() => void) | undefined;
  #stop: StopListening | undefined;
  #patienceMs = POLL_MS;

  constructor(private readonly log: EventLog) {}

  /** Listens from now on, where the store can tell. @throws StoreUnavailableError where it cannot be reached now. */
  async listen(): Promise<void> {
    if (this.log.onAppend === undefined) return;
    this.#stop = await this.log.onAppend(() => this.wake());
    this.#patienceMs = PATIENCE_MS;
  }

  /** Forgets the appends so far: what is read from now on holds their events. */
  forget(): void {
    this.#isDue = false;
  }

  /** Resolves when something was appended since `forget()`, or after a while: `mostMs` at most. */
  async wait(mostMs = this.#patienceMs): Promise<void> {
    if (this.#isDue) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(mostMs, this.#patienceMs));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** Ends a wait. */
  wake(): void {
    this.#isDue = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    const stop = this.#stop;
    this.#stop = undefined;
    await stop?.();
  }
}
