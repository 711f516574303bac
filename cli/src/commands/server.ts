import type { Command } from "commander";

import type { ServerOptions } from "../subscriptions/served";
import { type Runtime, wholeNumber } from "./declaration";

/** Declares `domain server`. */
export function declareServer(program: Command, { io, end }: Runtime): void {
  program
    .command("server")
    .description(
      "run projections, event handlers, process managers and commands that run later until Ctrl-C or SIGTERM",
    )
    .option(
      "--lane <name>",
      "only those in this lane; may be repeated",
      (lane: string, lanes: readonly string[] = []) => [...lanes, lane],
    )
    .option("--workers <n>", "run so many processes, which share the work", wholeNumber(1))
    .option("--once", "end when nothing is left to do")
    .option("--health <address>", 'tell /livez, /readyz and /metrics at this address, such as "127.0.0.1:8080"')
    .option("--json", "print one JSON document for each start and stop, or with --once one in all")
    .action(async (_options, command: Command) => {
      const { server } = require("../subscriptions/server") as typeof import("../subscriptions/server");
      end(await server(io, command.optsWithGlobals<ServerOptions>()));
    });
}
