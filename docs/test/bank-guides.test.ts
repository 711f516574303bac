import { exec } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { guideProject } from "./guide-project";
import { REPOSITORY, read } from "./pages";
import { terminalIn } from "./terminal";

const execute = promisify(exec);

const gettingStarted = guideOf("getting-started.md");
const testing = guideOf("testing.md");

function guideOf(name: string): ReturnType<typeof guideProject> {
  return guideProject(read(`docs/guides/${name}`));
}

/** The one project of both guides. The runner is set up as a reader's who compiles with swc; the guide leaves that open. */
const JEST = `
const { projects: [{ transform }] } = require(${JSON.stringify(join(REPOSITORY, "jest.config.js"))});
module.exports = { transform, testMatch: ["<rootDir>/*.test.ts"] };
`;

const bank = mkdtempSync(join(tmpdir(), "tidemark-bank-"));
const terminal = terminalIn(bank);
beforeAll(async () => {
  symlinkSync(join(REPOSITORY, "node_modules"), join(bank, "node_modules"), "junction");
  for (const { files } of [gettingStarted, testing]) {
    for (const [name, text] of files) writeFileSync(join(bank, name), text);
  }
  writeFileSync(join(bank, "jest.config.js"), JEST);
});
afterAll(() => rmSync(bank, { recursive: true, force: true }));

async function run(command: string): Promise<string> {
  return (await execute(command, { cwd: bank })).stdout;
}

describe("the bank of the guides getting-started.md and testing.md", () => {
  it("has the files that the guides name", () => {
    expect([...gettingStarted.files.keys()]).toEqual(["tsconfig.json", "bank.ts", "domain.toml", "main.ts"]);
    expect([...testing.files.keys()]).toEqual([
      "bank.test.ts",
      "bank.node-test.ts",
      "dashboard.ts",
      "dashboard.test.ts",
      "bonus.ts",
      "bonus.test.ts",
      "unnamed-6.test.ts",
    ]);
  });

  it("compiles", async () => {
    expect(await run("npx tsc --noEmit --types node,jest --project .")).toBe("");
  });

  it.each(gettingStarted.commands)("prints what getting-started.md says: $command", async ({ command, output }) => {
    expect(await terminal.run(command)).toBe(output);
  });

  it("passes the tests of testing.md under jest", async () => {
    const { numPassedTests, numFailedTests } = JSON.parse(await run("npx jest --json"));
    expect({ numPassedTests, numFailedTests }).toEqual({ numPassedTests: 14, numFailedTests: 0 });
  });

  it.each(testing.commands)("passes the tests of testing.md: $command", async ({ command }) => {
    expect(await terminal.run(command)).toMatch(/^\S+ pass 1$/m);
  });
});
