import type { ChildProcess } from "node:child_process";

/** What a module exports, by name; for a CommonJS module its `module.exports`. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** A stream that may be a terminal. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  /** The width of the terminal in columns; undefined, or 0, where it is unknown. */
  readonly columns?: number | undefined;
  write(text: string, written?: (error?: Error | null) => void): unknown;
}

/** A process of the same program that this one has started. */
export type WorkerProcess = Pick<ChildProcess, "on" | "kill" | "pid" | "stdout" | "stderr">;

/** The process that has started this one as a worker. */
export interface Supervisor {
  tell(message: WorkerMessage): void;
  /** Calls `listener` when the supervisor is gone, whatever has ended it. */
  onGone(listener: () => void): void;
}

/** What a worker tells its supervisor. */
export interface WorkerMessage {
  /** Where its health can be asked for. */
  readonly health: string;
}

/** Everything outside the program that a command reads, writes or listens to. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  /** Takes the results of the command and nothing else. */
  readonly stdout: Output;
  /** Takes the progress bar, notes and errors. */
  readonly stderr: Output & NodeJS.WritableStream;
  /** The folder from which relative paths and domain.toml are resolved. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Emits SIGINT and SIGTERM. */
  readonly signals: Pick<NodeJS.EventEmitter, "on" | "off">;
  /** Ends the process at once. */
  exit(status: number): void;
  /** Starts the program once more, as a worker of this process, with other arguments. */
  startWorker(args: readonly string[]): WorkerProcess;
  /** The process whose worker this one is; undefined for one that somebody else has started. */
  readonly supervisor?: Supervisor | undefined;
  /**
   * Runs the module at an absolute path.
   * @param options.cache whether transpiled files are kept and used again; true where absent.
   * @throws whatever the module throws.
   */
  loadModule(path: string, options?: { readonly cache?: boolean }): Promise<ModuleExports>;
}
