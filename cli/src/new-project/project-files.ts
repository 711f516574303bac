import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

import type { Choices } from "./choices";
import { manifest } from "./manifest";
import type { ProjectName } from "./project-name";
import { jestConfig, tsconfig } from "./project-settings";
import type { SampleNames } from "./sample-names";

/** A new project: its names, what it is made of, and the folder that it will have. */
interface Project extends Choices {
  readonly name: ProjectName;
  readonly sample: SampleNames;
  readonly folder: string;
}

const TEMPLATES = join(__dirname, "../../templates");

/** Files that npm would not publish under their own names. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** Returns the files of a new project by their paths in its folder; the paths are separated by `/`. */
export function projectFiles(project: Project): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const folder of foldersOf(project).map((name) => join(TEMPLATES, name))) {
    for (const path of pathsIn(folder)) {
      const text = filledIn(readFileSync(join(folder, path), "utf8"), project);
      files.set(
        filledIn(RENAMED[path] ?? path, project),
        path.endsWith(".ts") && project.esm ? asEsModule(text) : text,
      );
    }
  }
  files.set("package.json", json(manifest(project.name, project, project.folder)));
  files.set("tsconfig.json", json(tsconfig(project)));
  if (project.test === "jest") files.set("jest.config.json", json(jestConfig(project)));
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Returns the folders of templates that make up the project. */
function foldersOf({ store, test, decorators }: Choices): readonly string[] {
  return [
    "project",
    `stores/${store}`,
    `tests/${test === "node" ? "node" : "expect"}`,
    ...(test === "vitest" && decorators === "standard" ? ["vitest-standard"] : []),
  ];
}

/** Puts the names of the project in the place of those that the templates, which compile, hold for them. */
function filledIn(text: string, { name, sample, test }: Project): string {
  return text
    .replaceAll("project-name", name.base)
    .replaceAll("test-runner", test === "jest" ? "@jest/globals" : "vitest")
    .replaceAll("sample-file", sample.file)
    .replace(/\bsample(?=Id\b|\b)/g, sample.variable)
    .replace(/Sample(?=[A-Z]|\b)/g, sample.type);
}

/** ES modules name the files that they import. */
function asEsModule(text: string): string {
  return text.replace(/(?<= from ")(\.{1,2}\/[^"]+)(?=")/g, "$1.js");
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join(posix.sep));
}
