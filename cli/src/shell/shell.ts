import { text } from "node:stream/consumers";
import { inspect } from "node:util";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { evaluate } from "./evaluate";
import { prompt } from "./prompt";
import { shellNames } from "./shell-names";

interface ShellOptions extends DomainOptions {
  /** The program to run. */
  readonly eval?: string;
}

/** Runs JavaScript on a domain: line by line on a terminal, else the whole of the program that is given. */
export async function shell(io: Io, options: ShellOptions): Promise<number> {
  const { eval: code, json } = options;
  const isInteractive = code === undefined && io.stdin.isTTY === true;
  // Read before the domain is opened: whoever types the program into a pipe takes their time.
  const program = isInteractive ? "" : (code ?? (await text(io.stdin)));
  return await withDomain(io, options, async (domain, results, exports) => {
    const names = shellNames(domain, exports);
    if (isInteractive) {
      await prompt(io, domain, names);
      return ExitStatus.done;
    }
    const value = await evaluate(program, { names, cwd: io.cwd });
    if (json) await results.line(JSON.stringify(value, bigintAsText, 2) ?? "null");
    else if (value !== undefined) await results.line(typeof value === "string" ? value : inspect(value, { depth: 4 }));
    return ExitStatus.done;
  });
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
