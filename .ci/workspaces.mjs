import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Returns the folder and the package.json of every workspace: `packages/core`, `cli`, … */
export function workspaces() {
  return readJson("package.json")
    .workspaces.flatMap((pattern) => (pattern.endsWith("/*") ? foldersIn(pattern.slice(0, -2)) : [pattern]))
    .filter((folder) => existsSync(join(REPOSITORY, folder, "package.json")))
    .map((folder) => ({ folder, manifest: readJson(`${folder}/package.json`) }));
}

export function readJson(file) {
  return JSON.parse(readFileSync(join(REPOSITORY, file), "utf8"));
}

function foldersIn(parent) {
  return readdirSync(join(REPOSITORY, parent))
    .sort()
    .map((name) => `${parent}/${name}`);
}
