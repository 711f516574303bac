import { EventEmitter } from "node:events";
import { Readable, Writable } from "node:stream";
import { format } from "node:util";

import type { ModuleExports } from "../../cli/src/io/io";
import { run } from "../../cli/src/program";

const PRINTS = ["debug", "error", "info", "log", "warn"] as const;

/**
 * Runs the command `domain` in this process.
 *
 * @param loadModule takes the path of the module that declares the domain.
 * @returns what a terminal would show: results, errors, and what the modules print.
 */
export async function runDomain(
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
  loadModule: (path: string) => ModuleExports,
): Promise<string> {
  const chunks: string[] = [];
  const output = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  const restore = enter(folder, env, (text) => chunks.push(text));
  try {
    await run(args, {
      stdin: Readable.from([]),
      stdout: output,
      stderr: output,
      cwd: folder,
      env,
      signals: new EventEmitter(),
      exit: (status) => {
        throw new Error(`"domain ${args.join(" ")}" ended the process with status ${status}`);
      },
      loadModule: async (path) => loadModule(path),
      startWorker: () => {
        throw new Error("no page starts several servers");
      },
    });
  } finally {
    restore();
  }
  return chunks.join("");
}

/** Makes the process look as if it had been started for the command. @returns what undoes it. */
function enter(folder: string, env: NodeJS.ProcessEnv, print: (text: string) => void): () => void {
  const before = { cwd: process.cwd(), env: process.env, prints: PRINTS.map((name) => [name, console[name]] as const) };
  process.chdir(folder);
  process.env = env;
  for (const name of PRINTS) console[name] = (...values: unknown[]) => print(`${format(...values)}\n`);
  return () => {
    process.chdir(before.cwd);
    process.env = before.env;
    for (const [name, method] of before.prints) console[name] = method;
  };
}
