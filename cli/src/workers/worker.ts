import type { Io, WorkerMessage, WorkerProcess } from "../io/io";
import { eachLine } from "./worker-lines";

/** How a worker has ended: with a status, or by a signal. */
export interface WorkerEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface WorkerParts {
  readonly io: Pick<Io, "startWorker">;
  readonly args: readonly string[];
  /** Called with each line of what it prints. */
  readonly printed: (stream: "stdout" | "stderr", line: string) => void;
}

/** One run of a worker process. */
export class Worker {
  /** Where it tells its health; undefined until it serves. */
  health: string | undefined;
  /** Resolves when the process has ended and everything that it printed was passed on. */
  readonly ended: Promise<WorkerEnd>;
  readonly startedAt = performance.now();
  private readonly process: WorkerProcess;

  constructor({ io, args, printed }: WorkerParts) {
    this.process = io.startWorker(args);
    const { stdout, stderr } = this.process;
    const outputs = [
      ...(stdout === null ? [] : [eachLine(stdout, (line) => printed("stdout", line))]),
      ...(stderr === null ? [] : [eachLine(stderr, (line) => printed("stderr", line))]),
    ];
    this.process.on("message", (message) => {
      const { health } = message as Partial<WorkerMessage>;
      if (typeof health === "string") this.health = health;
    });
    const exited = new Promise<WorkerEnd>((resolve) => {
      this.process.on("exit", (status, signal) => resolve({ status, signal }));
      this.process.on("error", (error) => {
        printed("stderr", `Cannot start: ${error.message}`);
        resolve({ status: 1, signal: null });
      });
    });
    this.ended = exited.then(async (end) => {
      this.health = undefined;
      await Promise.all(outputs);
      return end;
    });
  }

  /** Undefined where the process could not be started. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }
}
