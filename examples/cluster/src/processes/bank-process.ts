import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

import type { Order, Report } from "./reports";

/** A process of the bank that this program has started. */
export class BankProcess {
  readonly #process: ChildProcess;
  readonly #exit: Promise<void>;
  readonly #waiting = new Map<Report["kind"], (report: Report) => void>();
  #fail: (error: Error) => void = () => undefined;
  #isEnding = false;
  #complaints = "";

  /** Rejects when the process reports that it has failed, or ends without being asked to. Never resolves. */
  readonly failure: Promise<never>;

  /**
   * @param name of the file that it runs: `writers`.
   * @param env added to the environment of this program.
   * @param onReport is called with everything that it reports.
   */
  constructor(name: string, env: NodeJS.ProcessEnv, onReport: (report: Report) => void = () => undefined) {
    this.failure = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.failure.catch(() => undefined);
    this.#process = fork(join(__dirname, `${name}.js`), {
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    this.#process.stderr!.on("data", (text: Buffer) => {
      this.#complaints += text;
    });
    this.#exit = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) => {
        if (!this.#isEnding)
          this.#fail(new Error(`The process "${name}" has ended by itself: ${signal ?? `status ${code}`}`));
        resolve();
      });
    });
    this.#process.on("message", (report: Report) => {
      if (report.kind === "failed") this.#fail(new Error(`The process "${name}" has failed: ${report.message}`));
      this.#waiting.get(report.kind)?.(report);
      this.#waiting.delete(report.kind);
      onReport(report);
    });
  }

  /** Resolves with the next report of the kind. */
  async next<K extends Report["kind"]>(kind: K): Promise<Extract<Report, { kind: K }>> {
    const report = new Promise<Report>((resolve) => this.#waiting.set(kind, resolve));
    return (await Promise.race([report, this.failure])) as Extract<Report, { kind: K }>;
  }

  /** What the process has written to its standard error, which would run through the picture. */
  get complaints(): string {
    return this.#complaints;
  }

  order(order: Order): void {
    this.#process.send(order);
  }

  /** Asks the process to finish what it has in hand; resolves when it has ended. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.order({ kind: "end" });
    await Promise.race([this.#exit, this.failure]);
  }

  /** Ends it at once, whatever it does. */
  async kill(): Promise<void> {
    this.#isEnding = true;
    this.#process.kill("SIGKILL");
    await this.#exit;
  }
}
