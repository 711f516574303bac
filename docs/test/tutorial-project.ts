import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { applyDiff } from "./apply-diff";
import { REPOSITORY } from "./pages";
import { type Terminal, terminalIn } from "./terminal";
import type { FileStep } from "./tutorial-steps";

/** The folder of a reader who does what the tutorial says. */
export class TutorialProject {
  readonly folder = mkdtempSync(join(tmpdir(), "tidemark-tutorial-"));
  readonly terminal: Terminal;

  /** @param own values of this machine, in the place of those that the tutorial exports. */
  constructor(own: Readonly<Record<string, string>>) {
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.folder, "node_modules"), "junction");
    this.terminal = terminalIn(this.folder, own);
  }

  /** Writes or changes a file. */
  keep({ kind, file, text }: FileStep): void {
    const path = join(this.folder, file);
    const before = kind === "write" ? "" : readFileSync(path, "utf8");
    writeFileSync(path, kind === "change" ? applyDiff(before, text) : before + text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
