import { core } from "../domain/core";
import { withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import type { Io } from "../io/io";
import { catchUpOnce } from "./catch-up-once";
import { serveUntilSignal } from "./serve-until-signal";
import type { ServerOptions } from "./served";

/** Runs the subscriptions of a domain: until a signal, or with `once` until nothing is left; in several processes with `workers`. */
export async function server(io: Io, options: ServerOptions): Promise<number> {
  checkHealth(options);
  if (options.workers !== undefined && io.supervisor === undefined) {
    const { superviseWorkers } =
      require("../workers/supervise-workers") as typeof import("../workers/supervise-workers");
    return await superviseWorkers(io, options, options.workers);
  }
  return await withDomain(io, options, async (domain, results) => {
    const run = { io, domain, results, options };
    return options.once ? await catchUpOnce(run) : await serveUntilSignal(run);
  });
}

/** @throws CommandError for an address that is none, and for one that nobody would answer at. */
function checkHealth({ health, once }: ServerOptions): void {
  if (health === undefined) return;
  if (once)
    throw new CommandError("--once ends when nothing is left to do, and tells no health: give --health without it");
  if (core.config.listenAddressOf(health) === undefined)
    throw new CommandError(`--health ${core.config.NO_ADDRESS}, found ${JSON.stringify(health)}`);
}
