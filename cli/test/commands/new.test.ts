import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Outcome, outcomeOf } from "../project";

const REPOSITORY = resolve(__dirname, "../../..");
const { version } = require("../../package.json") as { version: string };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidemark-new-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const domain = (args: readonly string[], cwd = "."): Promise<Outcome> => {
  const binary = join(REPOSITORY, "cli/bin/domain.js");
  return outcomeOf(spawn(process.execPath, [binary, ...args], { cwd: join(folder, cwd) }));
};

/** Runs one of a project's own scripts, with the repository's packages in the place of installed ones. */
async function script(name: string, project: string): Promise<Outcome> {
  const modules = join(folder, project, "node_modules");
  if (!existsSync(modules)) symlinkSync(join(REPOSITORY, "node_modules"), modules, "junction");
  return await outcomeOf(spawn("npm", ["run", "--silent", name], { cwd: join(folder, project), shell: true }));
}

const read = (file: string) => readFileSync(join(folder, file), "utf8");

describe("domain new", () => {
  it("says what it wrote and what comes next", async () => {
    expect(await domain(["new", "shop"])).toEqual({
      stdout: "Created shop in shop, 13 files. Next:\n\n  cd shop\n  npm install\n  npm test\n  npm start\n",
      stderr: "",
      status: 0,
    });
    expect(readdirSync(join(folder, "shop")).sort()).toEqual([
      ".gitignore",
      "README.md",
      "domain.toml",
      "package.json",
      "src",
      "test",
      "tsconfig.json",
    ]);
  });

  it("writes a project that compiles, passes its own test, and runs", async () => {
    await domain(["new", "shop"]);
    expect(await script("test", "shop")).toMatchObject({ stderr: "", status: 0 });
    expect(await script("start", "shop")).toEqual({
      stdout: expect.stringMatching(/^Alice's account \S+ holds 100\.\n$/),
      stderr: "",
      status: 0,
    });
    expect((await domain(["check"], "shop")).stdout).toBe("shop: 1 aggregate, 2 events, 2 commands: no problems\n");
    expect((await domain(["snapshot", "create"], "shop")).stdout).toBe(
      "Account: 1 snapshot(s)\nCreated 1 snapshot(s) across 1 aggregate(s).\n",
    );
  });

  it("asks for the packages in the version of the command, and for those of the store", async () => {
    await domain(["new", "shop"]);
    expect(JSON.parse(read("shop/package.json"))).toMatchObject({
      name: "shop",
      dependencies: { "@tidemark/core": version, "@tidemark/sqlite": version },
      devDependencies: { "@tidemark/cli": version, "@tidemark/testing": version },
      allowScripts: { "better-sqlite3": true },
    });
  });

  it("takes another store and another folder, and a name with a scope", async () => {
    const { stdout } = await domain([
      "new",
      "@acme/my-shop",
      "--store=postgres",
      "--directory=apps/the shop",
      "--json",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "@acme/my-shop",
      directory: join(folder, "apps/the shop"),
      store: "postgres",
      files: expect.arrayContaining([".gitignore", "src/account/account.ts"]),
    });
    const manifest = JSON.parse(read("apps/the shop/package.json")) as { name: string; dependencies: object };
    expect(manifest.name).toBe("@acme/my-shop");
    expect(Object.keys(manifest.dependencies)).toEqual(["@tidemark/core", "@tidemark/postgres", "zod"]);
    expect(read("apps/the shop/domain.toml")).toContain("postgres://localhost/my-shop");
    expect(read("apps/the shop/src/domain.ts")).toContain('new Domain("my-shop")');
  });

  it("keeps events in memory where asked to", async () => {
    await domain(["new", "shop", "--store=memory"]);
    expect(await script("start", "shop")).toMatchObject({ stderr: "", status: 0 });
    expect(existsSync(join(folder, "shop/data"))).toBe(false);
  });

  it("writes into the working directory when it is empty but for its repository", async () => {
    mkdirSync(join(folder, ".git"));
    const { stdout } = await domain(["new", "shop", "--directory=."]);
    expect(stdout).toBe("Created shop, 13 files. Next:\n\n  npm install\n  npm test\n  npm start\n");
  });

  it("refuses a folder with something in it and writes nothing", async () => {
    mkdirSync(join(folder, "shop"));
    writeFileSync(join(folder, "shop/notes.txt"), "mine");
    expect(await domain(["new", "shop"])).toEqual({
      stdout: "",
      stderr:
        'error: Cannot create a project in "shop": it holds "notes.txt" already; take an empty folder, with --directory\n',
      status: 2,
    });
    expect(readdirSync(join(folder, "shop"))).toEqual(["notes.txt"]);
    expect((await domain(["new", "shop", "--directory=shop/notes.txt"])).stderr).toBe(
      'error: Cannot create a project in "shop/notes.txt": it is no folder\n',
    );
  });

  it("refuses what is no name and no store, and writes nothing", async () => {
    expect(await domain(["new", "My Shop"])).toEqual({
      stdout: "",
      stderr:
        'error: "My Shop" is not a name for a project: expected lower-case letters, digits, "-", "_" and ".", beginning with a letter; did you mean "my-shop"?\n',
      status: 2,
    });
    expect(await domain(["new", "shop", "--store=mysql"])).toMatchObject({ stdout: "", status: 2 });
    expect(readdirSync(folder)).toEqual([]);
  });
});

it("is published with its templates", async () => {
  const pack = spawn("npm", ["pack", "--dry-run", "--json"], { cwd: join(REPOSITORY, "cli"), shell: true });
  const [{ files }] = JSON.parse((await outcomeOf(pack)).stdout) as [{ files: readonly { path: string }[] }];
  const templates = files.map(({ path }) => path).filter((path) => path.startsWith("templates/"));
  expect(templates).toEqual(
    expect.arrayContaining([
      "templates/project/gitignore",
      "templates/project/package.json",
      "templates/project/test/account.test.ts",
      "templates/stores/sqlite/domain.toml",
    ]),
  );
});
