import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { packPackages } from "./packed-packages";
import { ROWS, shownFile, shownTsconfig, type ToolRow } from "./tool-table";

const BANK = join(__dirname, "fixtures/bank");

/** The pinned versions, one list for each folder of installed packages. */
const TOOLS = JSON.parse(readFileSync(join(__dirname, "fixtures/tools.json"), "utf8"));

/** Tools that cannot be installed beside the others. */
const BESIDE_TYPESCRIPT_7 = ["tsc 7", "vitest 3"];

/** What a tool reads beside tsconfig.json. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  swc: [".swcrc"],
  jest: [".swcrc", "jest.config.js"],
  "vitest 4": ["vitest.config.mjs"],
  "Vite 8": ["vite.config.mjs"],
};

const PRINTED = "Alice has 100 at version 1\nBank.AccountOpened.v1\nBank.DepositMade.v1\nObjectNotFoundError\n";

/** What a test runner prints of one test that passed. */
const PASSED = /^.*Tests: +1 passed, 1 total$|^ *Tests +1 passed \(1\)$|^(?:#|ℹ) pass 1$/m;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tidemark-tools-"));
  mkdirSync(join(folder, "packed"));
  const tarballs = packPackages(join(folder, "packed")).filter((path) => /-(core|testing)-\d/.test(path));
  for (const [name, tools] of Object.entries(TOOLS)) {
    mkdirSync(join(folder, name));
    const manifest = { private: true, dependencies: tools };
    writeFileSync(join(folder, name, "package.json"), JSON.stringify(manifest));
    const options = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs];
    execFileSync("npm", options, { cwd: join(folder, name), stdio: ["ignore", "ignore", "pipe"] });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the table has a row for each tool that a project may bring", () => {
  expect([...new Set(ROWS.map(({ tool }) => tool))]).toEqual([
    "tsc 5.9",
    "tsc 7",
    "tsx",
    "Node's type stripping",
    "ts-node",
    "swc",
    "esbuild to CommonJS",
    "esbuild to ES modules",
    "esbuild, minified",
    "Vite 8",
    "vitest 4",
    "vitest 3",
    "jest",
    "Node's test runner",
  ]);
});

describe.each(ROWS.map((row) => [`${row.tool}, ${row.decorators} decorators`, row] as const))("%s", (_, row) => {
  it("runs the bank with what the table says", async () => {
    const project = projectOf(row, "named");
    for (const need of row.needs) expect(configurationOf(project, row)).toContain(need);
    expectToWork(row, await run(row, project));
  });

  it(row.shortForm ? "takes @apply without an event" : "asks for the event of @apply", async () => {
    const project = projectOf(row, "short");
    const bank = join(project, "src/bank.ts");
    writeFileSync(bank, readFileSync(bank, "utf8").replace(/@(apply|handle)\(\w+\)/g, "@$1"));
    const printed = await run(row, project);
    if (row.shortForm) expectToWork(row, printed);
    else expect(printed).toMatch(/@apply on Account\.onDeposit does not know its event: write @apply\(TheEvent\)/);
  });
});

it("Node's own type stripping stops at a decorator", async () => {
  const row = ROWS.find(({ tool }) => tool === "Node's type stripping")!;
  const printed = await run({ ...row, command: "node src/bank.ts" }, projectOf(row, "stripped"));
  expect(printed).toContain("SyntaxError: Invalid or unexpected token");
});

it("Vite's own compiler stops at a standard decorator", async () => {
  const row = ROWS.find(({ tool, decorators }) => tool === "vitest 4" && decorators === "standard")!;
  const project = projectOf(row, "bare");
  rmSync(join(project, "vitest.config.mjs"));
  expect(await run(row, project)).toContain("SyntaxError: Invalid or unexpected token");
});

function installOf({ tool }: ToolRow): string {
  return join(folder, BESIDE_TYPESCRIPT_7.includes(tool) ? "seven" : "five");
}

/** Makes a project in a folder of its own below the installed packages. */
function projectOf(row: ToolRow, name: string): string {
  const project = join(installOf(row), `${row.tool} ${row.decorators} ${name}`.replace(/\W+/g, "-"));
  cpSync(join(BANK, "src"), join(project, "src"), { recursive: true });
  mkdirSync(join(project, "test"));
  const runner = /jest|vitest/.exec(row.tool)?.[0] ?? "node";
  cpSync(join(BANK, "tests", `${runner}.ts`), join(project, "test/bank.test.ts"));
  const files = new Map([
    ["package.json", JSON.stringify({ name: "bank", private: true })],
    ["tsconfig.json", shownTsconfig(row.decorators)],
  ]);
  for (const file of FILES[row.tool] ?? []) {
    const text = shownFile(file, row.decorators);
    if (text !== undefined) files.set(file, text);
  }
  for (const [file, text] of files) writeFileSync(join(project, file), text);
  return project;
}

/** Everything that could be a line of configuration: the command, and the names and texts of the files beside the sources. */
function configurationOf(project: string, { command }: ToolRow): string {
  const files = readdirSync(project, { withFileTypes: true }).filter((entry) => entry.isFile());
  return [command, ...files.map(({ name }) => `${name}\n${readFileSync(join(project, name), "utf8")}`)].join("\n");
}

/** Returns all that the command prints, whether it succeeds or not. */
async function run(row: ToolRow, project: string): Promise<string> {
  const { NODE_ENV, NODE_OPTIONS, JEST_WORKER_ID, FORCE_COLOR, ...inherited } = process.env;
  const node = row.tool === "Node's type stripping" ? [dirname(nodeThatStripsTypes())] : [];
  const path = [...node, join(installOf(row), "node_modules/.bin"), process.env.PATH].join(delimiter);
  const env = { ...inherited, PATH: path, NO_COLOR: "1", CI: "1" };
  const command = row.command.replaceAll("npx ", "");
  // Node prints the line that throws, which may be a whole minified bundle: to a pipe that is full, only a part of it.
  const printed = join(project, "printed.txt");
  await new Promise<void>((resolve) => {
    execFile("sh", ["-c", `(${command}) > printed.txt 2>&1`], { cwd: project, env }, () => resolve());
  });
  return readFileSync(printed, "utf8");
}

/** This Node, if it strips types without being asked to; else one from npm. */
function nodeThatStripsTypes(): string {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  const options = ["exec", "--yes", "--package=node@24", "--", "node", "-p", "process.execPath"];
  return execFileSync("npm", options, { cwd: folder, encoding: "utf8" }).trim();
}

function expectToWork({ tool }: ToolRow, printed: string): void {
  if (/jest|vitest|test runner/.test(tool)) expect(printed).toMatch(PASSED);
  else expect(printed.endsWith(PRINTED) ? PRINTED : printed).toBe(PRINTED);
}
