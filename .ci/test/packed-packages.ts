import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const REPOSITORY = join(__dirname, "../..");

/** Packs every public workspace, as a release does. @returns the paths of the tarballs. */
export function packPackages(folder: string): readonly string[] {
  const names = ["packages", "."]
    .flatMap((parent) => readdirSync(join(REPOSITORY, parent)).map((name) => join(REPOSITORY, parent, name)))
    .flatMap(publicName);
  const workspaces = names.flatMap((name) => ["--workspace", name]);
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder, ...workspaces], {
    cwd: REPOSITORY,
    stdio: ["ignore", "ignore", "pipe"],
  });
  return readdirSync(folder).map((name) => join(folder, name));
}

function publicName(folder: string): string[] {
  try {
    const { name, private: isPrivate } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return isPrivate ? [] : [name];
  } catch {
    return [];
  }
}
