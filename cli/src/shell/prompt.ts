import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { start } from "node:repl";

import type { Domain } from "@tidemark/core";

import type { Io } from "../io/io";

/** Reads and runs lines until Ctrl-D or `.exit`. Earlier lines come back with the arrow keys, those of earlier shells too. */
export async function prompt(io: Io, domain: Domain, names: ReadonlyMap<string, unknown>): Promise<void> {
  const { stdin: input, stderr: output } = io;
  const { aggregates, events, commands, projections, queries } = domain;
  const classes = [aggregates, events, commands, projections, queries].flatMap((ofKind) => [...ofKind.keys()]);
  const known = ["domain", ...(projections.size === 0 ? [] : ["viewOf"]), ...classes];
  output.write(`${domain.name}: ${known.join(", ")}\n`);
  output.write("await works at the prompt; .help lists its commands, Ctrl-D ends it.\n");
  // With a scope of its own the prompt would have other classes Date and Map than the domain.
  const server = start({ prompt: `${domain.name}> `, input, output, terminal: true, useGlobal: true });
  // Node puts its own modules there, and one of them has the name "domain".
  for (const [name, value] of names) {
    Object.defineProperty(server.context, name, { value, configurable: true, enumerable: true, writable: true });
  }
  const ended = new Promise<void>((resolve) => server.once("exit", resolve));
  const file = historyFile(io.env);
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    server.setupHistory(file, (error) => {
      if (error !== null) output.write(`Lines are not kept in ${file}: ${error.message}\n`);
    });
  }
  await ended;
}

/** Returns where the lines are kept; undefined where `TIDEMARK_SHELL_HISTORY` is empty, which turns it off. */
function historyFile({ TIDEMARK_SHELL_HISTORY: file }: NodeJS.ProcessEnv): string | undefined {
  if (file === "") return undefined;
  return file ?? join(homedir(), ".tidemark_shell_history");
}
