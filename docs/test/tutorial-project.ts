import { exec } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { applyDiff } from "./apply-diff";
import { REPOSITORY } from "./pages";
import type { TutorialStep } from "./tutorial-steps";

const BINARIES = join(REPOSITORY, "node_modules/.bin");

/** The folder of a reader who does what the tutorial says. */
export class TutorialProject {
  readonly folder = mkdtempSync(join(tmpdir(), "tidemark-tutorial-"));

  constructor() {
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.folder, "node_modules"), "junction");
  }

  /** Changes a file. */
  keep(step: Exclude<TutorialStep, { kind: "command" }>): void {
    const path = join(this.folder, step.file);
    const before = step.kind === "write" ? "" : readFileSync(path, "utf8");
    writeFileSync(path, step.kind === "change" ? applyDiff(before, step.text) : before + step.text);
  }

  /** Runs a command as a shell does. @returns what a terminal would show: results and errors, whatever the exit status. */
  async run(command: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    return await new Promise((resolve) => {
      exec(`(${quicker(command)}) 2>&1`, { cwd: this.folder, env: { ...environment(), ...env } }, (_, output) =>
        resolve(output),
      );
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

/** Types are checked once a chapter, not by each program. */
function environment(): NodeJS.ProcessEnv {
  const { DOMAIN_ENV: _, ...env } = process.env;
  return { ...env, TS_NODE_TRANSPILE_ONLY: "true", PATH: `${BINARIES}${delimiter}${env.PATH}` };
}
