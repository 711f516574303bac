import { ProgramInNode } from "../program-in-node";
import { Project } from "../project";

/** One process for all tests: the errors come from Node's loader, which jest replaces in its own process. */
let node: ProgramInNode;
beforeAll(() => {
  node = new ProgramInNode();
});
afterAll(() => node[Symbol.dispose]());

/** Loads `module.ts` with this content. */
async function load(content: string, ...options: readonly string[]) {
  using project = new Project("no-tsconfig");
  project.write("module.ts", content);
  return await node.run(["snapshot", "create", "--domain=module.ts", ...options], project.folder);
}

const refused = (reason: string) => ({
  stdout: "",
  stderr: `error: Cannot load a domain from "module.ts": ${reason}\n`,
  status: 2,
});

it("names the place where a module throws", async () => {
  expect(await load('\nthrow new TypeError("no rates");\n')).toEqual(
    refused("it throws TypeError: no rates (module.ts:2:7)"),
  );
  expect(await load('throw "no rates";')).toEqual(refused('it throws "no rates"'));
});

it("shows the stack only with --debug", async () => {
  const content = 'throw new TypeError("no rates");';
  expect((await load(content)).stderr).not.toMatch(/^ +at /m);
  const { stderr } = await load(content, "--debug");
  expect(stderr).toMatch(/caused by: TypeError: no rates\n +at .*module\.ts:1:7/);
});

it("names the place where the syntax of a module is wrong", async () => {
  expect(await load("\nexport const = 1;\n")).toEqual(
    refused("module.ts:2:14: Variable declaration expected. (TS1134)"),
  );
});

it("names an import that is not there", async () => {
  expect(await load('import "./rates";\nimport { x } from "./rates";\nexport default x;')).toEqual(
    refused("Cannot find module './rates' (module.ts:1:1)"),
  );
});

it("says why top-level await does not work in TypeScript", async () => {
  expect(await load("await Promise.resolve();\nexport {};\n")).toEqual(
    refused("TypeScript runs as CommonJS here, where neither a module nor what it imports can use top-level await"),
  );
});

it("keeps passwords out of what a module throws", async () => {
  expect(await load('throw new Error("cannot reach postgres://bank:s3cret@db/bank");')).toEqual(
    refused("it throws Error: cannot reach postgres://bank:***@db/bank (module.ts:1:7)"),
  );
});
