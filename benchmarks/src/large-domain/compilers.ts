import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";

/** What a compiler says about one check of a project. */
export interface Compilation {
  readonly seconds: number;
  readonly megabytes: number;
  readonly instantiations: number;
}

/** Runs `tsc` with arguments, and returns what it printed. */
type Tsc = (args: readonly string[]) => string;

const TSC = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

const ofRepository: Tsc = (args) => output(process.execPath, [TSC, ...args]);

/** Fetched by npm where it is not in its cache yet; it is no dependency, because ts-node does not work beside it. */
const ofNextMajor: Tsc = (args) => output("npm", ["exec", "--yes", "--package=typescript@7", "--", "tsc", ...args]);

/** The repository's compiler, and the one that projects get today. */
export const COMPILERS: Readonly<Record<string, Tsc>> = {
  "TypeScript 5.9": ofRepository,
  "TypeScript 7": ofNextMajor,
};

/** Checks the types of a project. @throws where the project has an error. */
export function checkTypes(tsc: Tsc, folder: string): Compilation {
  const printed = tsc(["-p", folder, "--noEmit", "--extendedDiagnostics"]);
  const value = (name: string) => {
    const text = new RegExp(`^${name}:\\s+([\\d.,]+)`, "m").exec(printed)?.[1];
    return Number(text?.replaceAll(",", ""));
  };
  return {
    seconds: value("Total time"),
    megabytes: value("Memory used") / 1024,
    instantiations: value("Instantiations"),
  };
}

/** Compiles a project to JavaScript, without another check of its types. */
export function compile(folder: string): void {
  ofRepository(["-p", folder, "--noCheck"]);
}

function output(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", maxBuffer: 1e8, stdio: ["ignore", "pipe", "inherit"] });
}
