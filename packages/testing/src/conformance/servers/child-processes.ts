import { equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";

/** A process that the suite has started, with what it prints. */
export class Child {
  readonly lines: string[] = [];
  readonly #ended: Promise<void>;
  #serving: () => void = () => undefined;
  /** Resolves when it has printed its first line, or has ended. */
  readonly begun = new Promise<void>((resolve) => (this.#serving = resolve));

  constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly heard: (line: string, by: Child) => void = () => undefined,
  ) {
    ok(child.stdout, `${name} has no standard output to read`);
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) this.#hear(line);
    });
    this.#ended = new Promise((resolve) => child.once("close", () => resolve()));
    void this.#ended.then(() => this.#serving());
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#ended;
    equal(this.child.signalCode, "SIGKILL", `${this.name} has ended by itself`);
  }

  freeze(): void {
    this.child.kill("SIGSTOP");
  }

  wake(): void {
    this.child.kill("SIGCONT");
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.#ended;
    equal(this.child.exitCode, 0, `${this.name} ended with exit code ${this.child.exitCode} after SIGTERM`);
  }

  /** Ends it, whatever it is doing. */
  async dispose(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGCONT");
    this.child.kill("SIGKILL");
    await this.#ended;
  }

  #hear(line: string): void {
    this.#serving();
    this.lines.push(line);
    this.heard(line, this);
  }
}
