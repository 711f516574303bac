import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix, relative, sep } from "node:path";

import type { ProjectName } from "./project-name";

/** The event stores that a new project can use. Each has a folder in `templates/stores`. */
export const STORES = ["sqlite", "postgres", "memory"] as const;
export type Store = (typeof STORES)[number];

/** The parts of a package.json that are filled in here. */
interface Manifest {
  name?: string;
  engines?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

const TEMPLATES = join(__dirname, "../../templates");

/** The word that templates hold in place of the project's name. */
const NAME = "project-name";

/** Files that npm would not publish under their own names. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** Returns the names of the packages that a new project needs. */
export function dependenciesOf(store: Store): readonly string[] {
  const { dependencies, devDependencies } = manifestOf(store);
  return Object.keys({ ...dependencies, ...devDependencies });
}

/** Returns the files of a new project by their paths in its folder; the paths are separated by `/`. */
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

/** Returns the package.json of a project with this store. The packages of Tidemark get the version of this one. */
function manifestOf(store: Store): Manifest {
  const parts = ["project/package.json", `stores/${store}/package.json`, ...driversOf(store)].map(readManifest);
  const dependencies = Object.assign({}, ...parts.map((part) => part.dependencies));
  return {
    ...Object.assign({}, ...parts),
    dependencies: inThisVersion(dependencies),
    devDependencies: inThisVersion({ ...parts[0]?.devDependencies }),
  };
}

/** SQLite needs a package with native code where this version of Node, which the project will be run with, has none of its own. */
function driversOf(store: Store): readonly string[] {
  return store === "sqlite" && !isBuiltin("node:sqlite") ? ["drivers/better-sqlite3.json"] : [];
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
