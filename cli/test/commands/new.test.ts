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
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { run } from "../../src/program";
import { CapturedIo, type Outcome } from "../captured-io";
import { REPOSITORY } from "../project";
import { outcomeOf, startDomain } from "../spawned";

const { version } = require("../../package.json") as { version: string };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidemark-new-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command in this process. */
async function domain(...args: readonly string[]): Promise<Outcome> {
  const io = new CapturedIo({ cwd: folder });
  const status = await run(args, io);
  return { stdout: io.stdout.text, stderr: io.stderr.text, status };
}

const read = (file: string) => readFileSync(join(folder, file), "utf8");

/** The files of a project below a folder, with what they hold. */
const filesIn = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(folder, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file.slice(join(folder, path).length + 1), readFileSync(file, "utf8")]),
  );

describe("domain new", () => {
  it("says what it wrote and what comes next", async () => {
    expect(await domain("new", "shop")).toEqual({
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

  it("asks for the packages in the version of the command, and for those of the store", async () => {
    await domain("new", "shop");
    expect(JSON.parse(read("shop/package.json"))).toMatchObject({
      name: "shop",
      dependencies: { "@tidemark/core": version, "@tidemark/sqlite": version },
      devDependencies: { "@tidemark/cli": version, "@tidemark/testing": version },
    });
  });

  it("asks for better-sqlite3 only where this version of Node has no SQLite of its own", async () => {
    await domain("new", "shop");
    const { engines, dependencies, allowScripts } = JSON.parse(read("shop/package.json"));
    const hasSqlite = isBuiltin("node:sqlite");
    expect({ engines, driver: dependencies["better-sqlite3"], allowScripts }).toEqual(
      hasSqlite
        ? { engines: { node: ">=22.13" }, driver: undefined, allowScripts: undefined }
        : { engines: { node: ">=20.19" }, driver: "^12.11.1", allowScripts: { "better-sqlite3": true } },
    );
  });

  it("takes another store and another folder, and a name with a scope", async () => {
    const { stdout } = await domain("new", "@acme/my-shop", "--store=postgres", "--directory=apps/the shop", "--json");
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

  it("writes the same program for every store", async () => {
    for (const store of ["sqlite", "memory", "postgres"]) {
      await domain("new", "shop", `--store=${store}`, `--directory=${store}`);
    }
    const { "domain.toml": _, "package.json": __, ...program } = filesIn("sqlite");
    for (const store of ["memory", "postgres"]) expect(filesIn(store)).toMatchObject(program);
  });

  it("writes into the working directory when it is empty but for its repository", async () => {
    mkdirSync(join(folder, ".git"));
    const { stdout } = await domain("new", "shop", "--directory=.");
    expect(stdout).toBe("Created shop, 13 files. Next:\n\n  npm install\n  npm test\n  npm start\n");
  });

  it("refuses a folder with something in it and writes nothing", async () => {
    mkdirSync(join(folder, "shop"));
    writeFileSync(join(folder, "shop/notes.txt"), "mine");
    expect(await domain("new", "shop")).toEqual({
      stdout: "",
      stderr:
        'error: Cannot create a project in "shop": the folder already holds "notes.txt"; choose an empty folder with --directory\n',
      status: 2,
    });
    expect(readdirSync(join(folder, "shop"))).toEqual(["notes.txt"]);
    expect((await domain("new", "shop", "--directory=shop/notes.txt")).stderr).toBe(
      'error: Cannot create a project in "shop/notes.txt": it is not a folder\n',
    );
  });

  it("refuses what is no name and no store, and writes nothing", async () => {
    expect(await domain("new", "My Shop")).toEqual({
      stdout: "",
      stderr:
        'error: Cannot name a project "My Shop": expected lower-case letters, digits, "-", "_" and ".", starting with a letter; did you mean "my-shop"?\n',
      status: 2,
    });
    expect(await domain("new", "shop", "--store=mysql")).toMatchObject({ stdout: "", status: 2 });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a new project", () => {
  /** Runs one of a project's own scripts, with the repository's packages instead of installed ones. */
  const script = (name: string) =>
    outcomeOf(spawn("npm", ["run", "--silent", name], { cwd: join(folder, "shop"), shell: true }));
  const inProject = (...args: readonly string[]) => outcomeOf(startDomain(args, { cwd: join(folder, "shop") }));

  it("compiles, passes its own test, and runs on SQLite and in memory", async () => {
    await domain("new", "shop");
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "shop/node_modules"), "junction");
    expect(await script("test")).toMatchObject({ stderr: "", status: 0 });
    expect(await script("start")).toEqual({
      stdout: expect.stringMatching(/^Alice's account \S+ holds 100\.\n$/),
      stderr: "",
      status: 0,
    });
    expect((await inProject("check")).stdout).toBe("shop: 1 aggregate, 2 events, 2 commands: no problems\n");
    expect((await inProject("snapshot", "create")).stdout).toBe(
      "Account: 1 snapshot(s)\nCreated 1 snapshot(s) across 1 aggregate(s).\n",
    );

    // All stores have the same sources (see above), so the compiled program also runs in memory.
    await domain("new", "shop", "--store=memory", "--directory=in-memory");
    writeFileSync(join(folder, "shop/domain.toml"), read("in-memory/domain.toml"));
    rmSync(join(folder, "shop/data"), { recursive: true });
    const main = spawn(process.execPath, ["dist/src/main.js"], { cwd: join(folder, "shop") });
    expect(await outcomeOf(main)).toMatchObject({ stderr: "", status: 0 });
    expect(existsSync(join(folder, "shop/data"))).toBe(false);
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
