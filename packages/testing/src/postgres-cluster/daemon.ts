import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { serverUser } from "../postgres-server/server-user";

const LINES = 8;

/** A program that runs until it is killed, with a log file in its folder. It does not keep this process alive. */
export class Daemon {
  #process: ChildProcess | undefined;

  constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly program: string,
    private readonly flags: readonly string[],
  ) {}

  get isRunning(): boolean {
    const process = this.#process;
    return process?.pid !== undefined && process.exitCode === null && process.signalCode === null;
  }

  /** Does nothing while it runs. */
  start(): void {
    if (this.isRunning) return;
    const log = openSync(this.#log, "a");
    this.#process = spawn(this.program, this.flags, {
      ...serverUser(),
      cwd: this.folder,
      // Of its own session, so that an interrupt from the terminal reaches this process alone.
      detached: true,
      // Settings of Patroni, PostgreSQL and Python that the user has for something else stay out.
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: this.folder, LC_ALL: "C" },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#process.on("error", () => undefined);
    this.#process.unref();
  }

  async kill(): Promise<void> {
    if (this.isRunning) this.#process!.kill("SIGKILL");
    await this.exited();
  }

  /** Resolves once it is known here that the program has ended. */
  async exited(): Promise<void> {
    if (!this.isRunning) return;
    this.#process!.ref();
    await once(this.#process!, "exit");
  }

  /** The last lines of its log, for an error. */
  get lastLines(): string {
    if (!existsSync(this.#log)) return "";
    return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-LINES).join("\n");
  }

  get #log(): string {
    return join(this.folder, `${this.name}.log`);
  }
}
