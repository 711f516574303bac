// Packs every public workspace and fails on what its users would stumble over: a file that is missing, an entry point that a
// tool cannot resolve (publint), types that do not describe what is loaded (arethetypeswrong), a package.json that npm's
// page of the package needs more of.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

import { REPOSITORY, readJson, workspaces } from "./workspaces.mjs";

const root = readJson("package.json");
const licence = readFileSync(join(REPOSITORY, "LICENSE"), "utf8");
const published = workspaces().filter(({ manifest }) => !manifest.private);

const folder = mkdtempSync(join(tmpdir(), "tidemark-packed-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

for (const { workspace, files, tarball } of pack()) {
  const complaints = [
    ...complaintsAboutManifest(workspace),
    ...complaintsAboutFiles(workspace, files),
    ...(await complaintsOfPublint(workspace, tarball)),
    ...(await complaintsAboutTypes(workspace, tarball)),
  ];
  for (const complaint of complaints) {
    console.error(`${workspace.folder}: ${complaint}`);
    process.exitCode = 1;
  }
}

function pack() {
  const names = published.flatMap(({ manifest }) => ["--workspace", manifest.name]);
  const options = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, ...names];
  const shell = process.platform === "win32";
  const printed = execFileSync("npm", options, { cwd: REPOSITORY, encoding: "utf8", shell, maxBuffer: 2 ** 26 });
  return JSON.parse(printed).map(({ name, filename, files }) => ({
    workspace: published.find(({ manifest }) => manifest.name === name),
    files: files.map(({ path }) => path),
    tarball: readFileSync(join(folder, filename)),
  }));
}

function complaintsAboutManifest({ folder, manifest }) {
  const address = root.homepage.replace("#readme", "");
  const expected = {
    homepage: `${address}/tree/main/${folder}#readme`,
    bugs: root.bugs,
    repository: { ...root.repository, directory: folder },
    license: root.license,
    engines: root.engines,
    publishConfig: { access: "public", provenance: true },
  };
  const different = Object.entries(expected).filter(
    ([key, value]) => JSON.stringify(manifest[key]) !== JSON.stringify(value),
  );
  return [
    ...different.map(([key, value]) => `package.json lacks ${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    ...(manifest.keywords?.includes("tidemark") ? [] : ['package.json lacks "keywords", "tidemark" among them']),
    ...(manifest.description ? [] : ['package.json lacks a "description"']),
  ];
}

function complaintsAboutFiles({ folder, manifest }, files) {
  const complaints = [];
  const own = join(REPOSITORY, folder, "LICENSE");
  if (!existsSync(own) || readFileSync(own, "utf8") !== licence)
    complaints.push("LICENSE is not that of the repository");
  for (const name of ["README.md", "LICENSE", ...Object.values(manifest.bin ?? {})])
    if (!files.includes(name.replace(/^\.\//, ""))) complaints.push(`the tarball lacks ${name}`);
  for (const name of files)
    if (/^(src|test|build)\/|\.map$|\.tsbuildinfo$/.test(name)) complaints.push(`the tarball has ${name}`);
  return complaints;
}

async function complaintsOfPublint({ manifest }, tarball) {
  const { messages } = await publint({ pack: { tarball }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`);
}

async function complaintsAboutTypes({ manifest }, tarball) {
  const entryPoints = Object.keys(manifest.exports ?? {}).filter((name) => !name.endsWith(".json"));
  if (entryPoints.length === 0) return [];
  const { problems } = await checkPackage(createPackageFromTarballData(tarball));
  return problems.map((problem) => `arethetypeswrong: ${JSON.stringify(problem)}`);
}
