import {
  type ChildProcess,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
  spawn,
} from "node:child_process";
import { dirname, join } from "node:path";

import { buildSync } from "esbuild";

import { temporaryFolder } from "./temporary-folder";

/** Where a bundle outside the repository finds the native driver. */
const MODULES = dirname(dirname(require.resolve("better-sqlite3/package.json")));

/** Bundles a fixture from the sources to one file: a child that runs it starts within a tenth of a second. */
export function bundleFixture(name: string): string {
  const outfile = join(temporaryFolder(), `${name}.js`);
  buildSync({
    entryPoints: [join(__dirname, "fixtures", `${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    conditions: ["@tidemark/source"],
    external: ["better-sqlite3"],
    logLevel: "error",
  });
  return outfile;
}

export interface RunningFixture {
  readonly child: ChildProcess;
  /** What it has printed so far, line by line. */
  readonly lines: string[];
  /** Resolves when it has ended and all that it printed was read. */
  readonly ended: Promise<void>;
}

interface FixtureOptions {
  /** A command to run before, such as a limit. */
  readonly shell?: string;
  /** The program that runs it; this version of Node where absent. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function startFixture(
  bundle: string,
  args: readonly string[],
  { shell, node = process.execPath, env }: FixtureOptions = {},
): RunningFixture {
  const options: SpawnOptionsWithStdioTuple<StdioNull, StdioPipe, StdioNull> = {
    env: { ...process.env, NODE_PATH: MODULES, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  };
  const child =
    shell === undefined
      ? spawn(node, [bundle, ...args], options)
      : spawn("sh", ["-c", `${shell}; exec "$@"`, "sh", node, bundle, ...args], options);
  const lines: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return { child, lines, ended };
}
