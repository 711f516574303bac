import { exec } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { applyDiff } from "./apply-diff";
import { REPOSITORY } from "./pages";
import type { TutorialStep } from "./tutorial-steps";

/** `export DATABASE_URL=postgres://…` */
const EXPORT = /^export (\w+)=(.*)$/;

/** The folder of a reader who does what the tutorial says. */
export class TutorialProject {
  readonly folder = mkdtempSync(join(tmpdir(), "tidemark-tutorial-"));
  /** Types are checked once a chapter, not by each program. */
  readonly #env: NodeJS.ProcessEnv = { ...process.env, TS_NODE_TRANSPILE_ONLY: "true" };

  /** @param own values of this machine, in the place of those that the tutorial exports. */
  constructor(private readonly own: Readonly<Record<string, string>> = {}) {
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.folder, "node_modules"), "junction");
    this.#env.PATH = `${join(REPOSITORY, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
    for (const name of ["DOMAIN_ENV", ...Object.keys(own)]) delete this.#env[name];
  }

  /** Writes or changes a file. */
  keep({ kind, file, text }: Exclude<TutorialStep, { kind: "command" }>): void {
    const path = join(this.folder, file);
    const before = kind === "write" ? "" : readFileSync(path, "utf8");
    writeFileSync(path, kind === "change" ? applyDiff(before, text) : before + text);
  }

  /** Types a command into a shell. @returns what a terminal would show, results and errors, whatever the exit status. */
  async run(command: string): Promise<string> {
    const [, name, value = ""] = EXPORT.exec(command) ?? [];
    if (name !== undefined) {
      this.#env[name] = this.own[name] ?? value;
      return "";
    }
    return await new Promise((resolve) => {
      exec(`(${quicker(command)}) 2>&1`, { cwd: this.folder, env: this.#env }, (_, output) => resolve(output));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The same without npx, which only looks for the binary; tests are reported as on a terminal. */
function quicker(command: string): string {
  return command.replace(/\bnpx /g, "").replace(/ --test /g, " --test-reporter=spec --test ");
}
