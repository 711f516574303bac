import { setTimeout as pause } from "node:timers/promises";

import type { ListenAddress } from "@tidemark/core";
import type { HealthServer } from "@tidemark/core/config";

import { core } from "../domain/core";
import { withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { Results } from "../printing/results";
import { openingLine, type ServerOptions, servedBy } from "../subscriptions/served";
import { Worker, type WorkerEnd } from "./worker";
import { WorkersHealth } from "./workers-health";

/** The pauses before a worker that has ended is started again: twice as long each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A worker that has run for so long has started well: the next pause is the first one again. */
const STARTED_WELL_MS = 60_000;

/**
 * Runs a server as several processes, which share its subscriptions. Prints what they print, starts one again that has ended, and passes
 * SIGINT and SIGTERM on; a second signal ends all of them at once.
 *
 * @returns `failed` where a worker has not ended well after the signal; `misused` where a worker says that its configuration is wrong.
 */
export async function superviseWorkers(io: Io, options: ServerOptions, count: number): Promise<number> {
  const { address, opening, served } = await prepared(io, options, count);
  const supervision = new Supervision(io, options, count);
  const http = address && (await listening(address, supervision));
  try {
    if (options.json) supervision.report({ event: "started", ...served, workers: count, ...healthOf(http) });
    else io.stderr.write(opening(http?.address));
    return await supervision.run();
  } finally {
    await http?.close();
  }
}

const healthOf = (http: HealthServer | undefined) => (http === undefined ? {} : { health: http.address });

/** Checks what no worker could start with, before any is started. */
async function prepared(io: Io, options: ServerOptions, count: number) {
  let address: ListenAddress | undefined;
  let opening = (_health: string | undefined): string => "";
  let served: object = {};
  await withDomain(io, options, async (domain) => {
    const found = await servedBy(domain, options.lane);
    const { byManyProcesses, health } = domain.serving;
    if (!byManyProcesses && count > 1)
      throw new CommandError(
        `Cannot share the work between ${count} processes: the event store, ${domain.eventStore.description}, is out of reach for the others. ` +
          "Use one process, or an event store on a disk or a server",
      );
    served = found;
    opening = (told) => openingLine(`${count} worker(s) serving`, found, told);
    if (options.once !== true)
      address = options.health === undefined ? health : core.config.listenAddressOf(options.health);
    return ExitStatus.done;
  });
  return { address, opening, served };
}

async function listening(address: ListenAddress, supervision: Supervision): Promise<HealthServer> {
  const health = new WorkersHealth(() => supervision.workers);
  return await core.config.HealthServer.listen(address, health);
}

class Supervision {
  /** The run of each worker; undefined between two runs. */
  private readonly runs: (Worker | undefined)[];
  private readonly results: Results;
  private printing: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();
  private isMisused = false;

  constructor(
    private readonly io: Io,
    private readonly options: ServerOptions,
    count: number,
  ) {
    this.runs = Array.from({ length: count }, () => undefined);
    this.results = new Results(io.stdout);
  }

  get workers() {
    return this.runs.map((run, index) => ({ number: index + 1, health: run?.health }));
  }

  /** Runs the workers until all have ended. */
  async run(): Promise<number> {
    const { io } = this;
    using interruption = new Interruption(io, () => {
      io.stderr.write("Ended at once: the next server does again what was in hand.\n");
      for (const run of this.runs) run?.kill("SIGKILL");
      io.exit(ExitStatus.failed);
    });
    interruption.signal.addEventListener("abort", () => {
      const signal = interruption.by as NodeJS.Signals;
      if (!this.options.json) io.stderr.write(`Stopping ${this.runs.length} worker(s) on ${signal}.\n`);
      this.end(signal);
    });
    const ends = await Promise.all(this.runs.map((_, index) => this.runWorker(index)));
    this.report({ event: "ended", signal: interruption.by ?? null, workers: ends });
    await this.printing;
    if (this.isMisused) return ExitStatus.misused;
    // One that was still starting is ended by the signal itself, and has had nothing in hand.
    const isWell = ({ status, signal }: WorkerEnd) => status === 0 || (signal !== null && signal === interruption.by);
    return ends.every(isWell) ? ExitStatus.done : ExitStatus.failed;
  }

  /** Prints a document on a line of its own. */
  report(document: object): void {
    if (this.options.json) this.printLine(JSON.stringify(document));
  }

  /** Runs one worker, again and again until the end. @returns how its last run has ended. */
  private async runWorker(index: number): Promise<WorkerEnd> {
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const run = new Worker({
        io: this.io,
        args: this.argsOfWorkers(),
        printed: (stream, line) => this.print(index + 1, stream, line),
      });
      this.runs[index] = run;
      this.report({ event: "worker started", worker: index + 1, pid: run.pid });
      const end = await run.ended;
      this.runs[index] = undefined;
      if (this.ending.signal.aborted || this.options.once) return end;
      if (end.status === ExitStatus.misused) {
        // It would fail the same way each time, and so would the others.
        this.isMisused = true;
        this.end("SIGTERM");
        return end;
      }
      if (performance.now() - run.startedAt >= STARTED_WELL_MS) pauseMs = FIRST_PAUSE_MS;
      this.tellRestart(index + 1, end, pauseMs);
      await pause(pauseMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
      if (this.ending.signal.aborted) return end;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  private end(signal: NodeJS.Signals): void {
    if (!this.ending.signal.aborted) this.ending.abort();
    for (const run of this.runs) run?.kill(signal);
  }

  private tellRestart(worker: number, { status, signal }: WorkerEnd, pauseMs: number): void {
    this.report({ event: "worker ended", worker, status, signal, restartMs: pauseMs });
    if (this.options.json) return;
    const how = signal === null ? `with status ${status}` : `by ${signal}`;
    this.io.stderr.write(`Worker ${worker} has ended ${how}; it is started again in ${pauseMs / 1_000} s.\n`);
  }

  private print(worker: number, stream: "stdout" | "stderr", line: string): void {
    if (stream === "stderr") this.io.stderr.write(`[${worker}] ${line}\n`);
    else this.printLine(this.options.json ? withWorker(line, worker) : `[${worker}] ${line}`);
  }

  private printLine(line: string): void {
    this.printing = this.printing.then(() => this.results.line(line));
  }

  /** The call of this process, without what is for this process. */
  private argsOfWorkers(): readonly string[] {
    const { domain, cache, lane = [], once, json } = this.options;
    return [
      ...(domain === undefined ? [] : ["--domain", domain]),
      ...(cache === false ? ["--no-cache"] : []),
      "server",
      ...lane.map((name) => `--lane=${name}`),
      ...(once ? ["--once"] : []),
      ...(json ? ["--json"] : []),
    ];
  }
}

/** Adds the worker to a JSON document of one line; any other text becomes one. */
function withWorker(line: string, worker: number): string {
  try {
    const document: unknown = JSON.parse(line);
    if (typeof document === "object" && document !== null && !Array.isArray(document))
      return JSON.stringify({ worker, ...document });
  } catch {
    // A text that the application has printed.
  }
  return JSON.stringify({ worker, text: line });
}
