import { ExitStatus } from "./exit-status";
import type { Io } from "./io";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Listens for SIGINT (Ctrl-C) and SIGTERM while work runs: the first asks the work to stop, the second ends the process, with the
 * exit status of the signal unless `again` is there to do it.
 */
export class Interruption implements Disposable {
  private readonly controller = new AbortController();
  private received: NodeJS.Signals | undefined;

  constructor(
    private readonly io: Pick<Io, "signals" | "exit">,
    private readonly again: (signal: NodeJS.Signals) => void = (signal) => io.exit(ExitStatus.endedBy(signal)),
  ) {
    for (const signal of SIGNALS) io.signals.on(signal, this.receive);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The signal that asked the work to stop; undefined before one arrives. */
  get by(): NodeJS.Signals | undefined {
    return this.received;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) this.io.signals.off(signal, this.receive);
  }

  private readonly receive = (signal: NodeJS.Signals): void => {
    if (this.received !== undefined) {
      this.again(signal);
      return;
    }
    this.received = signal;
    this.controller.abort();
  };
}
