import { outcomeOf, Project } from "./project";

const emptyDomain = 'import { Domain } from "@tidemark/core";\nexport const bank = new Domain("bank");\n';

/** Loads `module.ts` with this content. */
async function load(content: string, domain = "module.ts") {
  using project = new Project("no-tsconfig");
  project.write("module.ts", content);
  return await project.domain("snapshot", "create", "--domain", domain);
}

const refused = (reason: string) => ({ stdout: "", stderr: `error: Cannot load a domain from ${reason}\n`, status: 2 });
const loaded = { stdout: "Created 0 snapshot(s) across 0 aggregate(s).\n", stderr: "", status: 0 };

describe("a project", () => {
  it.each([
    ["commonjs", "domain.ts"],
    ["no-tsconfig", "domain.ts"],
    ["es-module", "src/domain.ts"],
    ["bundler", "src/domain.ts"],
    ["standard-decorators", "domain.mts"],
    ["javascript-commonjs", "domain.js"],
    ["javascript-module", "domain.js"],
  ])("of kind %s is loaded, with what @apply needs to know of other files", async (fixture, module) => {
    using project = new Project(fixture);
    expect(await project.domain("snapshot", "create", "--aggregate=Account", "--domain", module)).toEqual({
      stdout: "Created 0 snapshot(s) for Account.\n",
      stderr: "",
      status: 0,
    });
  });

  it("names its module in domain.toml, which is found from a folder below", async () => {
    using project = new Project("bank");
    const child = project.start(["snapshot", "create", "--aggregate=Account"], { cwd: "src" });
    expect((await outcomeOf(child)).stdout).toBe("Created 0 snapshot(s) for Account.\n");
  });

  it("without domain.toml needs --domain", async () => {
    using project = new Project("no-tsconfig");
    expect(await project.domain("snapshot", "create")).toEqual({
      stdout: "",
      stderr:
        'error: Which domain? Give --domain <module>, or set "module" in domain.toml: there is no domain.toml here or above\n',
      status: 2,
    });
  });
});

describe("--domain", () => {
  it("takes the only domain that a module exports", async () => {
    expect(await load(emptyDomain)).toEqual(loaded);
  });

  it("counts a domain under two names once", async () => {
    expect(await load(`${emptyDomain}export default bank;\n`)).toEqual(loaded);
  });

  it("picks an export by name", async () => {
    const two = `${emptyDomain}export const shop = new Domain("shop");\n`;
    expect(await load(two, "module.ts:shop")).toEqual(loaded);
    expect(await load(two)).toEqual(
      refused('"module.ts": it exports 2 domains, "bank" and "shop"; pick one with <path>:<export>'),
    );
  });

  it("refuses an export that is missing or no domain", async () => {
    expect(await load(emptyDomain, "module.ts:shop")).toEqual(
      refused('"module.ts": it has no export "shop"; its Domain is "bank"'),
    );
    expect(await load("export const shop = 1;", "module.ts:shop")).toEqual(
      refused('"module.ts": its export "shop" is not a Domain'),
    );
  });

  it("refuses a module that exports no domain", async () => {
    expect(await load("export const shop = 1;")).toEqual(
      refused('"module.ts": it exports no Domain; add "export const domain = new Domain(…)"'),
    );
  });

  it("refuses a path that is no module", async () => {
    using project = new Project("bank");
    const create = (domain: string) => project.domain("snapshot", "create", "--domain", domain);
    expect(await create("src/nowhere.ts")).toEqual(refused('"src/nowhere.ts": there is no such file'));
    expect(await create("src")).toEqual(refused('"src": it is a folder; name the module in it'));
    expect(await create("domain.toml")).toEqual(
      refused('"domain.toml": expected a TypeScript or JavaScript module, not ".toml"'),
    );
  });

  it("tells where a module throws, and shows the stack only on demand", async () => {
    expect(await load('\nthrow new TypeError("no rates");\n')).toEqual(
      refused('"module.ts": it throws TypeError: no rates (module.ts:2:7)'),
    );
    expect(await load('throw "no rates";')).toEqual(refused('"module.ts": it throws "no rates"'));
    using project = new Project("no-tsconfig");
    project.write("module.ts", 'throw new TypeError("no rates");');
    const { stderr } = await project.domain("snapshot", "create", "--domain=module.ts", "--debug");
    expect(stderr).toMatch(/caused by: TypeError: no rates\n +at .*module\.ts:1:7/);
  });

  it("tells where the syntax of a module is wrong", async () => {
    expect(await load("\nexport const = 1;\n")).toEqual(
      refused('"module.ts": module.ts:2:14: Variable declaration expected. (TS1134)'),
    );
  });

  it("names an import that is not there", async () => {
    expect(await load('import "./rates";\nimport { x } from "./rates";\nexport default x;')).toEqual(
      refused("\"module.ts\": Cannot find module './rates' (module.ts:1:1)"),
    );
  });

  it("says why top-level await does not work in TypeScript", async () => {
    expect(await load("await Promise.resolve();\nexport {};\n")).toEqual(
      refused(
        '"module.ts": a TypeScript module runs as CommonJS here, where it and what it imports can have no top-level await',
      ),
    );
  });

  it("keeps passwords out of what a module throws", async () => {
    const { stderr } = await load('throw new Error("cannot reach postgres://bank:s3cret@db/bank");');
    expect(stderr).toBe(
      'error: Cannot load a domain from "module.ts": it throws Error: cannot reach postgres://bank:***@db/bank (module.ts:1:7)\n',
    );
  });

  it("keeps what a module prints out of the results", async () => {
    const { stdout, stderr } = await load(`console.log("hello");\n${emptyDomain}`);
    expect(stdout).toBe(loaded.stdout);
    expect(stderr).toBe("hello\n");
  });

  it("does not wait for what a module leaves running", async () => {
    expect(await load(`${emptyDomain}setInterval(() => {}, 1_000_000);\n`)).toEqual(loaded);
  });
});

describe("domain.toml", () => {
  it("with a fault is reported by file and line", async () => {
    using project = new Project("bank");
    project.write("domain.toml", 'module = "src/domain.ts"\nsnapshot_treshold = 5\n');
    expect(await project.domain("snapshot", "create")).toEqual({
      stdout: "",
      stderr: 'error: domain.toml:2: snapshot_treshold is not a setting; did you mean "snapshot_threshold"?\n',
      status: 2,
    });
  });
});
