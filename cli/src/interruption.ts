import { ExitStatus } from "./exit-status";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * What Ctrl-C does while there is work in hand: the first signal asks the work to stop, a second ends the process
 * at once.
 */
export class Interruption implements Disposable {
  private readonly controller = new AbortController();
  private received: NodeJS.Signals | undefined;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.receive);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The signal that asked for the end. */
  get by(): NodeJS.Signals | undefined {
    return this.received;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.receive);
  }

  private readonly receive = (signal: NodeJS.Signals): void => {
    if (this.received !== undefined) process.exit(ExitStatus.endedBy(signal));
    this.received = signal;
    this.controller.abort();
  };
}
