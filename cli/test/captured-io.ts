import { EventEmitter } from "node:events";
import { Readable, Writable } from "node:stream";

import type { Io } from "../src/io/io";

/** What a command printed, and the exit status it ended with. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** An output that keeps what is written to it; a pipe unless `terminal` gives it a width. */
export class CapturedOutput extends Writable {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  /** Called after each write. */
  onWrite: () => void = () => {};
  private chunks: string[] = [];
  private isRead = true;

  constructor({ terminal }: { readonly terminal?: number } = {}) {
    super({ decodeStrings: false });
    this.isTTY = terminal !== undefined;
    this.columns = terminal;
    this.on("error", () => {});
  }

  get text(): string {
    return this.chunks.join("");
  }

  /** Lets the reader of the pipe go away: further writes fail as they do in a process. */
  closeReader(): void {
    this.isRead = false;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.isRead) {
      this.chunks.push(chunk);
      this.onWrite();
      done();
    } else done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  }
}

/** Everything that a command sees of the outside, kept in this process. */
export class CapturedIo implements Io {
  readonly stdin: Io["stdin"];
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signals = new EventEmitter();
  readonly loadModule: Io["loadModule"];
  readonly startWorker: Io["startWorker"];
  /** The statuses with which the command ended the process at once. */
  readonly exits: number[] = [];

  constructor({ terminal, ...io }: Partial<Io> & { readonly terminal?: number } = {}) {
    const width = terminal === undefined ? {} : { terminal };
    this.stdin = io.stdin ?? Readable.from([]);
    this.stdout = new CapturedOutput(width);
    this.stderr = new CapturedOutput(width);
    this.cwd = io.cwd ?? process.cwd();
    this.env = io.env ?? process.env;
    this.startWorker =
      io.startWorker ??
      (() => {
        throw new Error("this test starts no worker");
      });
    this.loadModule = io.loadModule ?? (() => Promise.reject(new Error("this test loads no module")));
  }

  exit(status: number): void {
    this.exits.push(status);
  }
}
