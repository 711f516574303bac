import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Sources } from "./generated-sources";

const NODE_MODULES = join(__dirname, "../../../node_modules");

/** As in a project that `domain new` writes; `skipLibCheck` leaves out what no project checks. */
const COMPILER_OPTIONS = {
  target: "ES2022",
  module: "node16",
  moduleResolution: "node16",
  strict: true,
  experimentalDecorators: true,
  skipLibCheck: true,
  types: ["node"],
  rootDir: "src",
  outDir: "dist",
};

/** Writes a project with these sources, which uses the packages of this repository as they are built. */
export function writeApplication(folder: string, sources: Sources): void {
  mkdirSync(join(folder, "src"), { recursive: true });
  symlinkSync(NODE_MODULES, join(folder, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ["src"] }));
  for (const [name, text] of sources) writeFileSync(join(folder, "src", name), text);
}
