import type { Command } from "commander";

import type { Runtime } from "./declaration";

/** Declares `domain shell`. */
export function declareShell(program: Command, { io, end }: Runtime): void {
  program
    .command("shell")
    .description("JavaScript with the domain and its classes at hand: a prompt, or the program on standard input")
    .option("-e, --eval <code>", "run this and print its value, instead of a prompt")
    .option("--json", "print the value as one JSON document")
    .action(async (_options, command: Command) => {
      const { shell } = require("../shell/shell") as typeof import("../shell/shell");
      end(await shell(io, command.optsWithGlobals()));
    });
}
