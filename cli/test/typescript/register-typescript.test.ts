import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Project, REPOSITORY } from "../project";
import { outcomeOf, startDomain } from "../spawned";

let project: Project;
beforeEach(() => {
  project = new Project("no-tsconfig");
  // Its own packages, so that it has its own cache.
  unlinkSync(join(project.folder, "node_modules"));
  writeFileSync(join(project.folder, "package.json"), "{}");
  linkPackages(project.folder);
});
afterEach(() => project[Symbol.dispose]());

function linkPackages(folder: string): void {
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["@tidemark", "zod"])
    symlinkSync(join(REPOSITORY, "node_modules", name), join(folder, "node_modules", name), "junction");
}

/** Runs `domain shell` in a process of its own. */
const evaluated = (code: string, options: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  outcomeOf(startDomain(["shell", "--domain=module.ts", "--eval", code, ...options], { cwd: project.folder, env }));

const cached = () => join(project.folder, "node_modules/.cache/tidemark");
const entries = () => readdirSync(cached()).map((name) => join(cached(), name));

/** Two modules, the first of which uses a value and a type of the second. */
function writeModules(rate: string): void {
  project.write("rates.ts", `export interface Rate { of: number }\nexport const rate: Rate = { of: ${rate} };\n`);
  project.write(
    "module.ts",
    'import { Domain } from "@tidemark/core";\nimport { rate, type Rate } from "./rates";\n' +
      'export const bank = new Domain("bank");\nexport const current: Rate = rate;\n',
  );
}

it("keeps what it transpiled, and runs it", async () => {
  writeModules("1");
  expect((await evaluated("current.of")).stdout).toBe("1\n");
  expect(entries()).toHaveLength(2);
  // Only code that is taken from there can differ from the source.
  for (const file of entries()) {
    const text = readFileSync(file, "utf8");
    if (!text.includes("of: 1")) continue;
    const code = text.slice(text.indexOf("\n") + 1).replace("of: 1", "of: 2");
    const [slashes, key] = text.split(" ");
    writeFileSync(file, `${slashes} ${key} ${createHash("sha256").update(code).digest("hex")}\n${code}`);
  }
  expect((await evaluated("current.of")).stdout).toBe("2\n");
  expect((await evaluated("current.of", ["--no-cache"])).stdout).toBe("1\n");
  expect((await evaluated("current.of", [], { TIDEMARK_NO_CACHE: "1" })).stdout).toBe("1\n");
});

it("notices a changed file, and a changed tsconfig.json", async () => {
  writeModules("1");
  await evaluated("current.of");
  writeModules("3");
  expect((await evaluated("current.of")).stdout).toBe("3\n");

  const fields = "export class Part { size?: number }\nexport const own = Object.keys(new Part()).length;\n";
  project.write("rates.ts", `${fields}export interface Rate { of: number }\nexport const rate: Rate = { of: own };\n`);
  expect((await evaluated("current.of")).stdout).toBe("0\n");
  project.write("tsconfig.json", '{ "extends": "./tsconfig.base.json" }');
  project.write("tsconfig.base.json", '{ "compilerOptions": { "target": "es2022" } }');
  expect((await evaluated("current.of")).stdout).toBe("1\n");
  project.write("tsconfig.base.json", '{ "compilerOptions": { "target": "es2021" } }');
  expect((await evaluated("current.of")).stdout).toBe("0\n");
});

it("runs without its cache and with a damaged one", async () => {
  writeModules("1");
  await evaluated("current.of");
  for (const file of entries()) writeFileSync(file, "// damaged");
  expect(await evaluated("current.of")).toEqual({ stdout: "1\n", stderr: "", status: 0 });
  rmSync(cached(), { recursive: true });
  writeFileSync(cached(), "a file");
  expect(await evaluated("current.of")).toEqual({ stdout: "1\n", stderr: "", status: 0 });
});

it("serves several processes that begin together", async () => {
  writeModules("1");
  const outcomes = await Promise.all([1, 2, 3].map(() => evaluated("current.of")));
  expect(outcomes.map(({ stdout }) => stdout)).toEqual(["1\n", "1\n", "1\n"]);
  expect(entries()).toHaveLength(2);
});

it("prefers a source to what was compiled from it earlier, by either name", async () => {
  writeModules("1");
  project.write("rates.js", "exports.rate = { of: 9 };");
  expect((await evaluated("current.of")).stdout).toBe("1\n");
  project.replace("module.ts", '"./rates"', '"./rates.js"');
  expect((await evaluated("current.of")).stdout).toBe("1\n");
});

it("names the line of the source where kept code fails", async () => {
  project.write("module.ts", "interface Unused {}\n\nthrow new Error('lost');\n");
  const refusal = 'error: Cannot load a domain from "module.ts": it throws Error: lost (module.ts:3:7)\n';
  expect((await evaluated("1")).stderr).toBe(refusal);
  expect((await evaluated("1")).stderr).toBe(refusal);
});
