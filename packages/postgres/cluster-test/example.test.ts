import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const EXAMPLE = join(__dirname, "../../../examples/cluster");
const NOTHING_LOST =
  /^acknowledged ([\d,]+) · stored \1 · lost 0 · twice 0 · gaps 0 · projection behind 0 · longest stall \d+\.\d s$/;

/** A run of the built example, whose temporary files are in a folder of its own. */
class ExampleRun {
  readonly folder = mkdtempSync(join(tmpdir(), "tidemark-example-"));
  readonly #process: ChildProcess;
  readonly status: Promise<number | null>;
  #printed = "";
  #heard: () => void = () => undefined;

  constructor(args: readonly string[]) {
    // PostgreSQL runs as another user.
    chmodSync(this.folder, 0o755);
    const env = { ...process.env, TMPDIR: this.folder };
    // In a group of its own, as a shell starts it.
    this.#process = spawn(process.execPath, ["dist/main.js", ...args], { cwd: EXAMPLE, env, detached: true });
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      stream.on("data", (text: Buffer) => {
        this.#printed += text;
        this.#heard();
      });
    this.status = new Promise((resolve) => this.#process.once("close", resolve));
  }

  get lines(): readonly string[] {
    return this.#printed.trimEnd().split("\n");
  }

  async prints(text: string): Promise<void> {
    const printed = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (this.#printed.includes(text)) resolve();
      };
      this.#heard();
    });
    const ended = this.status.then(() => {
      throw new Error(`The example ended without printing "${text}":\n${this.#printed}`);
    });
    await Promise.race([printed, ended]);
  }

  /** Ctrl-C reaches every process of the terminal's group. */
  interrupt(): void {
    process.kill(-this.#process.pid!, "SIGINT");
  }

  /** The command lines of processes that name the run's folder, and the folders in it that are left. */
  get left(): readonly string[] {
    const commands = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(commandLine)
      .filter((command) => command.includes(this.folder));
    return [...commands, ...readdirSync(this.folder)];
  }

  async end(): Promise<void> {
    try {
      process.kill(-this.#process.pid!, "SIGTERM");
    } catch {
      // It has ended.
    }
    await this.status;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

describe("npm run example:cluster", () => {
  let run: ExampleRun;
  afterEach(async () => {
    await run.end();
  });

  it.each([
    ["through HAProxy", []],
    ["by hosts", ["--hosts"]],
  ])("loses nothing when the leader's machine and then all machines are killed: %s", async (_, options) => {
    run = new ExampleRun(["--seconds", "8", ...options]);
    const status = await run.status;
    expect(run.lines.at(-1)).toMatch(NOTHING_LOST);
    expect(run.lines.filter((line) => line.startsWith("  "))).toEqual([]);
    expect(status).toBe(0);
    expect(run.left).toEqual([]);
  });

  it("ends every process on Ctrl-C, also while a machine is lost", async () => {
    run = new ExampleRun(["--seconds", "8"]);
    await run.prints("killed node-");
    run.interrupt();
    expect(await run.status).toBe(130);
    expect(run.left).toEqual([]);
    expect(run.lines.at(-1)).toBe("Interrupted: ending all processes");
  });
});
