import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";

const KNOWN = ["npm", "pnpm", "yarn", "bun"] as const;

/** Returns the package manager that started this process: `npm create` and its like say so; npm where none did. */
export function packageManager({ npm_config_user_agent: agent = "" }: NodeJS.ProcessEnv): (typeof KNOWN)[number] {
  return KNOWN.find((name) => agent.startsWith(`${name}/`)) ?? "npm";
}

/** The lines of a failed installation that are printed: its end says why. */
const LINES_OF_FAILURE = 10;

/**
 * Installs the packages of a project. A terminal shows that it goes on.
 * @throws CommandError with the end of what the package manager printed.
 */
export async function installPackages(io: Io, folder: string): Promise<void> {
  const name = packageManager(io.env);
  const progress = elapsed(io.stderr, `Installing the packages with ${name}`);
  // A shell, because on Windows package managers are scripts.
  const child = spawn(`${name} install`, { cwd: folder, env: io.env, shell: true, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close") as Promise<[number | null]>;
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  progress.end();
  if (status === 0) return;
  const output = `${out}\n${err}`.split("\n").filter((line) => line.trim() !== "");
  io.stderr.write(`${output.slice(-LINES_OF_FAILURE).join("\n")}\n`);
  throw new CommandError(`"${name} install" failed with status ${status}; the project itself is complete`, {
    status: ExitStatus.failed,
  });
}

/** Shows a line with the seconds that passed, and removes it at the end. Elsewhere than on a terminal it prints the line once. */
function elapsed(stream: Io["stderr"], what: string): { end(): void } {
  if (!stream.isTTY) {
    stream.write(`${what} …\n`);
    return { end: () => undefined };
  }
  const startedAt = Date.now();
  const draw = () => stream.write(`\r${what} … ${Math.round((Date.now() - startedAt) / 1000)} s`);
  draw();
  const timer = setInterval(draw, 1000);
  return {
    end: () => {
      clearInterval(timer);
      stream.write("\r\u001b[2K");
    },
  };
}
