import type { Domain, Server } from "@tidemark/core";

import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { describeError } from "../printing/report-error";
import type { Results } from "../printing/results";
import { openingLine, type ServerOptions, servedBy } from "./served";

interface Serving {
  readonly io: Io;
  readonly domain: Domain;
  readonly results: Results;
  readonly options: ServerOptions;
}

/**
 * Serves until SIGINT or SIGTERM, or until every subscription has stopped.
 *
 * @returns `failed` where a subscription has stopped, or did not end in time.
 */
export async function serveUntilSignal({ io, domain, results, options }: Serving): Promise<number> {
  const { lane: lanes, json = false } = options;
  // A supervisor tells the health of all its workers, and asks each one.
  const health = io.supervisor === undefined ? options.health : "127.0.0.1:0";
  const { stderr } = io;
  const served = await servedBy(domain, lanes);
  const report = new ServerReport(results, json);
  const stopped: string[] = [];
  let server: Server | undefined;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const endWithoutWork = (): void => {
    if (stopped.length > 0 && server?.running.length === 0) end();
  };

  using interruption = new Interruption(io, () => {
    const names = server?.running ?? [];
    stderr.write(`Ended at once: gave up ${names.length === 0 ? "nothing" : names.join(", ")}.\n`);
    io.exit(ExitStatus.failed);
  });
  interruption.signal.addEventListener("abort", end);
  let isLeftAlone = false;
  io.supervisor?.onGone(() => {
    isLeftAlone = true;
    end();
  });
  server = await domain.serve({
    ...(lanes !== undefined && { lanes }),
    ...(health !== undefined && { health }),
    onStopped: (name, error) => {
      stopped.push(name);
      stderr.write(`error: ${printable(describeError(error))}\n`);
      report.add({ event: "stopped", subscription: name, error: describeError(error) });
      endWithoutWork();
    },
  });
  const told = io.supervisor === undefined ? server.health : undefined;
  if (server.health !== undefined) io.supervisor?.tell({ health: server.health });
  report.add({ event: "started", ...served, ...(told !== undefined && { health: told }) });
  if (!json) stderr.write(openingLine("Serving", served, told));
  endWithoutWork();
  await ended;

  const { by: signal = null } = interruption;
  if (signal !== null && !json) stderr.write(`Stopping on ${signal}: ending what is in hand.\n`);
  await server.close();
  const { givenUp } = server;
  report.add({ event: "ended", signal, stopped, givenUp });
  await report.isPrinted;
  if (isLeftAlone) stderr.write("Ended: the process that started this worker is gone.\n");
  else if (signal === null)
    stderr.write(`Ended: ${grouped(stopped.length)} subscription(s) have stopped, and none is left.\n`);
  if (givenUp.length > 0) {
    const names = givenUp.join(", ");
    stderr.write(`Gave up ${names}: not done within [server] shutdown, and done again by the next server.\n`);
    // What was given up may go on, and closing the domain would wait for it.
    io.exit(ExitStatus.failed);
  }
  return stopped.length + givenUp.length > 0 ? ExitStatus.failed : ExitStatus.done;
}

/** Prints what happens to a server as JSON documents, one a line, in their order. */
class ServerReport {
  isPrinted: Promise<void> = Promise.resolve();

  constructor(
    private readonly results: Results,
    private readonly isWanted: boolean,
  ) {}

  add(document: object): void {
    if (!this.isWanted) return;
    this.isPrinted = this.isPrinted.then(() => this.results.line(JSON.stringify(document)));
  }
}
