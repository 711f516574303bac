import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

import type { ProjectName } from "./project-name";

/** Where a new project keeps its events: each has a folder in `templates/stores`. */
export const STORES = ["sqlite", "postgres", "memory"] as const;
export type Store = (typeof STORES)[number];

/** The manifest of a package, as far as it is filled in here. */
interface Manifest {
  name?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

const TEMPLATES = join(__dirname, "../../templates");

/** Stands in the templates where the project's own name belongs. */
const NAME = "project-name";

/** What npm would not publish under its own name. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** The packages that a new project needs. */
export function dependenciesOf(store: Store): readonly string[] {
  const { dependencies, devDependencies } = manifestOf(store);
  return Object.keys({ ...dependencies, ...devDependencies });
}

/** The files of a new project by their paths in its folder, the latter with `/`. */
export function projectFiles(name: ProjectName, store: Store): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const folder of [join(TEMPLATES, "project"), join(TEMPLATES, "stores", store)]) {
    for (const path of pathsIn(folder)) {
      const text = readFileSync(join(folder, path), "utf8");
      files.set(RENAMED[path] ?? path, text.replaceAll(NAME, name.base));
    }
  }
  const manifest = { ...manifestOf(store), name: name.package };
  files.set("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** That of the project with what the store adds, and the packages of Tidemark in the version that this one has. */
function manifestOf(store: Store): Manifest {
  const [base, addition] = [join("project", "package.json"), join("stores", store, "package.json")].map(readManifest);
  const dependencies = { ...base?.dependencies, ...addition?.dependencies };
  return {
    ...base,
    dependencies: inThisVersion(dependencies),
    devDependencies: inThisVersion({ ...base?.devDependencies }),
    ...(addition?.allowScripts !== undefined && { allowScripts: addition.allowScripts }),
  };
}

function readManifest(path: string): Manifest {
  const file = join(TEMPLATES, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

function inThisVersion(dependencies: Readonly<Record<string, string>>): Record<string, string> {
  const { version } = require("../../package.json") as { version: string };
  return Object.fromEntries(
    Object.entries(dependencies)
      .map(([name, range]) => [name, name.startsWith("@tidemark/") ? version : range] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join(posix.sep));
}
