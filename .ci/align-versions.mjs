// Gives every workspace the version of lerna.json, and the range that begins there, such as ^0.2.0, wherever another workspace
// depends on it.
// lerna runs this through the script "version", after it has changed the versions of the packages that it publishes and
// before it updates package-lock.json. Without this npm fails there, because lerna changes neither peer dependencies nor
// the examples.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { REPOSITORY, readJson, workspaces } from "./workspaces.mjs";

const DEPENDENCIES = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

const { version } = readJson("lerna.json");
const all = workspaces();
const names = new Set(all.map(({ manifest }) => manifest.name));

for (const { folder, manifest } of all) {
  manifest.version = version;
  for (const kind of DEPENDENCIES)
    for (const name of Object.keys(manifest[kind] ?? {})) if (names.has(name)) manifest[kind][name] = `^${version}`;
  writeFileSync(join(REPOSITORY, folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
// lerna commits what is staged, and stages only the files that it changed itself.
const files = all.map(({ folder }) => `${folder}/package.json`);
execFileSync("git", ["add", "--", ...files], { cwd: REPOSITORY, stdio: "inherit" });
