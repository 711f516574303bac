import { clearTimeout, setTimeout } from "../../ports/real-timers";

/** Lets a loop wait until there may be something to do. A call while nobody waits counts for the next wait. */
export class WakeUp {
  #isDue = false;
  #end: (() => void) | undefined;

  wake(): void {
    if (this.#end === undefined) this.#isDue = true;
    else this.#end();
  }

  /** Resolves when it is woken, or after a while. Keeps no process alive. */
  async wait(ms: number): Promise<void> {
    if (this.#isDue || ms <= 0) {
      this.#isDue = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      this.#end = end;
    });
  }
}
