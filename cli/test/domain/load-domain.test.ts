import { Domain } from "@tidemark/core";

import { parseDomainLocation } from "../../src/domain/load-domain";
import type { ModuleExports } from "../../src/io/io";
import { Project } from "../project";

/** Loads `module.ts` with these exports. */
async function load(exports: ModuleExports, domain = "module.ts") {
  using project = new Project("no-tsconfig");
  project.write("module.ts", "");
  project.exports = () => exports;
  return await project.domain("snapshot", "create", "--domain", domain);
}

const bank = () => new Domain("bank");
const refused = (reason: string) => ({ stdout: "", stderr: `error: Cannot load a domain from ${reason}\n`, status: 2 });
const loaded = { stdout: "Created 0 snapshot(s) across 0 aggregate(s).\n", stderr: "", status: 0 };

describe("a project", () => {
  it("names its module in domain.toml, which is found from a folder below", async () => {
    using project = new Project();
    const { stdout } = await project.run(["snapshot", "create", "--aggregate=Account"], { cwd: "src" });
    expect(stdout).toBe("Created 0 snapshot(s) for Account.\n");
  });

  it("without domain.toml needs --domain", async () => {
    using project = new Project("no-tsconfig");
    expect(await project.domain("snapshot", "create")).toEqual({
      stdout: "",
      stderr:
        'error: Cannot choose a domain: there is no domain.toml here or above; give --domain <module>, or set "module" in domain.toml\n',
      status: 2,
    });
  });

  it("with a domain.toml that names no module needs --domain", async () => {
    using project = new Project();
    project.replace("domain.toml", 'module = "src/domain.ts"\n', "");
    const { stderr, status } = await project.domain("snapshot", "create");
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error: Cannot choose a domain: ".*domain\.toml" sets no "module"; give --domain <module>, or set "module" in domain\.toml\n$/,
    );
  });
});

describe("--domain", () => {
  it("takes the only domain that a module exports", async () => {
    expect(await load({ bank: bank() })).toEqual(loaded);
  });

  it("takes the domain that is all that a CommonJS module exports", async () => {
    expect(await load(bank() as unknown as ModuleExports)).toEqual(loaded);
  });

  it("counts a domain under two names once", async () => {
    const one = bank();
    expect(await load({ bank: one, default: one })).toEqual(loaded);
  });

  it("picks an export by name", async () => {
    const two = () => ({ bank: bank(), shop: new Domain("shop") });
    expect(await load(two(), "module.ts:shop")).toEqual(loaded);
    expect(await load(two())).toEqual(
      refused('"module.ts": it exports 2 domains, "bank" and "shop"; pick one with <path>:<export>'),
    );
  });

  it("refuses an export that is missing or no domain", async () => {
    expect(await load({ bank: bank() }, "module.ts:shop")).toEqual(
      refused('"module.ts": it has no export "shop"; its Domain is "bank"'),
    );
    expect(await load({ shop: 1 }, "module.ts:shop")).toEqual(
      refused('"module.ts": its export "shop" is not a Domain'),
    );
  });

  it("refuses a module that exports no domain", async () => {
    expect(await load({ shop: 1 })).toEqual(
      refused('"module.ts": it exports no Domain; add "export const domain = new Domain(…)"'),
    );
  });

  it("refuses a path that is no module", async () => {
    using project = new Project();
    const create = (domain: string) => project.domain("snapshot", "create", "--domain", domain);
    expect(await create("src/nowhere.ts")).toEqual(refused('"src/nowhere.ts": there is no such file'));
    expect(await create("src")).toEqual(refused('"src": it is a folder; name the module in it'));
    expect(await create("domain.toml")).toEqual(
      refused('"domain.toml": expected a TypeScript or JavaScript module, not ".toml"'),
    );
  });

  it.each([
    ["src/domain.ts", { path: "src/domain.ts" }],
    ["src/domain.ts:bank", { path: "src/domain.ts", exportName: "bank" }],
    ["src/domain.ts:default", { path: "src/domain.ts", exportName: "default" }],
    ["C:\\bank\\domain.ts", { path: "C:\\bank\\domain.ts" }],
    ["C:\\bank\\domain.ts:bank", { path: "C:\\bank\\domain.ts", exportName: "bank" }],
    ["C:/bank/domain.ts:$bank", { path: "C:/bank/domain.ts", exportName: "$bank" }],
    ["a:b/domain.ts", { path: "a:b/domain.ts" }],
    ["domain.ts:", { path: "domain.ts:" }],
    [":bank", { path: ":bank" }],
  ])("reads %s", (text, location) => {
    expect(parseDomainLocation(text, __dirname)).toEqual(location);
  });

  it("takes a path that exists as it is, with its colon", () => {
    using project = new Project("no-tsconfig");
    project.write("domain.ts:bank", "");
    expect(parseDomainLocation("domain.ts:bank", project.folder)).toEqual({ path: "domain.ts:bank" });
    expect(parseDomainLocation("domain.ts:bank", __dirname)).toEqual({ path: "domain.ts", exportName: "bank" });
  });
});

describe("domain.toml", () => {
  const before = process.cwd();
  afterEach(() => process.chdir(before));

  it("with a fault is reported by file and line", async () => {
    using project = new Project();
    project.write("domain.toml", 'module = "src/domain.ts"\nsnapshot_treshold = 5\n');
    process.chdir(project.folder);
    expect(await project.domain("snapshot", "create")).toEqual({
      stdout: "",
      stderr: 'error: domain.toml:2: snapshot_treshold is not a setting; did you mean "snapshot_threshold"?\n',
      status: 2,
    });
  });
});
