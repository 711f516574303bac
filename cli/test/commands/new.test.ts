import { spawn } from "node:child_process";
import {
  chmodSync,
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
import { Readable } from "node:stream";

import ts from "typescript";

import type { Io } from "../../src/io/io";
import { run } from "../../src/program";
import { CapturedIo, type Outcome } from "../captured-io";
import { REPOSITORY } from "../project";
import { outcomeOf, startDomain } from "../spawned";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidemark-new-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command in this process. */
async function domain(...args: readonly string[]): Promise<Outcome> {
  return await domainWith({}, ...args);
}

async function domainWith(
  given: Partial<Io> & { readonly terminal?: number },
  ...args: readonly string[]
): Promise<Outcome> {
  const io = new CapturedIo({ cwd: folder, ...given });
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
      stdout: "Created shop in shop, 13 files.\nNext:\n\n  cd shop\n  npm install\n  npm test\n  npm start\n",
      stderr: "",
      status: 0,
    });
    expect(readdirSync(join(folder, "shop")).sort()).toEqual([
      ".git",
      ".gitignore",
      "README.md",
      "domain.toml",
      "package.json",
      "src",
      "test",
      "tsconfig.json",
    ]);
  });

  it("links to the packages of the checkout that it runs from", async () => {
    await domain("new", "shop");
    const { dependencies, devDependencies } = JSON.parse(read("shop/package.json")) as Record<
      string,
      Record<string, string>
    >;
    const linked = Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, range]) => range.startsWith("file:"))
      .map(([name, range]) => [name, join(folder, "shop", range.replace("file:", ""))]);
    expect(Object.fromEntries(linked)).toEqual({
      "@tidemark/core": join(REPOSITORY, "packages/core"),
      "@tidemark/sqlite": join(REPOSITORY, "packages/sqlite"),
      "@tidemark/cli": join(REPOSITORY, "cli"),
      "@tidemark/testing": join(REPOSITORY, "packages/testing"),
    });
  });

  it("asks for better-sqlite3 only where this version of Node has no SQLite of its own", async () => {
    await domain("new", "shop");
    const { engines, dependencies, allowScripts } = JSON.parse(read("shop/package.json"));
    const hasSqlite = isBuiltin("node:sqlite");
    expect({ engines, driver: dependencies["better-sqlite3"], allowScripts }).toEqual(
      hasSqlite
        ? { engines: { node: ">=22.13" }, driver: undefined, allowScripts: { esbuild: true } }
        : { engines: { node: ">=20.19" }, driver: "^12.11.1", allowScripts: { esbuild: true, "better-sqlite3": true } },
    );
  });

  it("takes another store and another folder, and a name with a scope", async () => {
    const { stdout } = await domain("new", "@acme/my-shop", "--store=postgres", "--directory=apps/the shop", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      name: "@acme/my-shop",
      directory: join(folder, "apps/the shop"),
      store: "postgres",
      files: expect.arrayContaining([".gitignore", "src/my-shop/my-shop.ts"]),
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
    expect(stdout).toBe("Created shop, 13 files.\nNext:\n\n  npm install\n  npm test\n  npm start\n");
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

describe("the sample", () => {
  const sampleOf = async (...args: readonly string[]) => {
    const { stdout } = await domain("new", ...args, "--json", "--directory=sample");
    rmSync(join(folder, "sample"), { recursive: true });
    return (JSON.parse(stdout) as { aggregate: string }).aggregate;
  };

  it("has the name of the project, unless another one is given", async () => {
    expect(await sampleOf("shop")).toBe("Shop");
    expect(await sampleOf("@acme/book-club")).toBe("BookClub");
    expect(await sampleOf("shop", "--aggregate=Order")).toBe("Order");
  });

  it("has another name where the code needs that one", async () => {
    expect(await sampleOf("command")).toBe("CommandItem");
    expect(await sampleOf("class")).toBe("ClassItem");
    expect(await sampleOf("map")).toBe("MapItem");
    expect((await domain("new", "shop", "--aggregate=Map")).stderr).toBe(
      'error: Cannot name an aggregate "Map": the code of the project uses that name already\n',
    );
    expect((await domain("new", "shop", "--aggregate=order")).stderr).toBe(
      'error: Cannot name an aggregate "order": expected letters and digits, starting with a capital, such as "Order"\n',
    );
  });

  it("leaves no word of the templates behind", async () => {
    await domain("new", "book-club", "--test=jest", "--no-git");
    const left = Object.entries(filesIn("book-club")).filter(([file, text]) =>
      /sample|project-name|test-runner/i.test(file + text.replace("an example", "")),
    );
    expect(left).toEqual([]);
  });
});

describe("the folder", () => {
  it("becomes a repository, unless it is told not to or lies in one", async () => {
    await domain("new", "first");
    expect(existsSync(join(folder, "first/.git/HEAD"))).toBe(true);
    await domain("new", "second", "--no-git");
    await domain("new", "inner", "--directory=first/inner");
    expect([existsSync(join(folder, "second/.git")), existsSync(join(folder, "first/inner/.git"))]).toEqual([
      false,
      false,
    ]);
  });
});

describe("the packages", () => {
  /** Puts a package manager into the path that writes a file instead of installing. */
  function manager(name: string, status = 0): NodeJS.ProcessEnv {
    const script = join(folder, "bin", name);
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(script, `#!/bin/sh\necho "${name} $@" > installed\necho "said by ${name}"\nexit ${status}\n`);
    chmodSync(script, 0o755);
    return {
      ...process.env,
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      npm_config_user_agent: `${name}/9.0.0`,
    };
  }

  const typing = (text: string) => Object.assign(Readable.from([text]), { isTTY: true });

  it("are installed where asked to, with the package manager that runs the command", async () => {
    const { stdout, stderr, status } = await domainWith({ env: manager("pnpm") }, "new", "shop", "--install");
    expect(read("shop/installed")).toBe("pnpm install\n");
    expect({ stdout, stderr, status }).toEqual({
      stdout: "Created shop in shop, 13 files.\nNext:\n\n  cd shop\n  pnpm test\n  pnpm start\n",
      stderr: "Installing the packages with pnpm …\n",
      status: 0,
    });
  });

  it("are installed on a terminal when the user agrees", async () => {
    const env = manager("npm");
    const agreed = await domainWith({ env, terminal: 80, stdin: typing("\n") }, "new", "first");
    expect(agreed.stderr).toContain("Install the packages now? (Y/n) ");
    expect(read("first/installed")).toBe("npm install\n");
    await domainWith({ env, terminal: 80, stdin: typing("n\n") }, "new", "second");
    await domainWith({ env, terminal: 80, stdin: typing("") }, "new", "third");
    await domainWith({ env, terminal: 80, stdin: typing("\n") }, "new", "fourth", "--no-install");
    await domainWith({ env, stdin: typing("\n") }, "new", "fifth");
    for (const name of ["second", "third", "fourth", "fifth"])
      expect(existsSync(join(folder, name, "installed"))).toBe(false);
  });

  it("that cannot be installed fail the command, with what the package manager said", async () => {
    const { stderr, status } = await domainWith({ env: manager("npm", 7) }, "new", "shop", "--install");
    expect({ stderr, status }).toEqual({
      stderr:
        'Installing the packages with npm …\nsaid by npm\nerror: "npm install" failed with status 7; the project itself is complete\n',
      status: 1,
    });
  });
});

it("asks for the name on a terminal", async () => {
  const stdin = Object.assign(Readable.from(["shop\n"]), { isTTY: true });
  expect(await domainWith({ terminal: 80, stdin }, "new", "--no-install")).toMatchObject({ status: 0 });
  expect(existsSync(join(folder, "shop/package.json"))).toBe(true);
  expect(await domain("new")).toEqual({
    stdout: "",
    stderr: "error: Cannot create a project: give its name, such as domain new shop\n",
    status: 2,
  });
});

const CHOICES = ["legacy", "standard"].flatMap((decorators) =>
  ["commonjs", "esm"].flatMap((modules) =>
    ["node", "vitest", "jest"].map((runner) => ({ decorators, modules, runner })),
  ),
);

const optionsOf = ({ decorators, modules, runner }: (typeof CHOICES)[number]) => [
  `--decorators=${decorators}`,
  ...(modules === "esm" ? ["--esm"] : []),
  `--test=${runner}`,
];

describe("a new project", () => {
  beforeEach(() => {
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"), "junction");
    writeFileSync(join(folder, "package.json"), "{}");
  });

  /** Runs one of a project's own scripts, with the repository's packages instead of installed ones. */
  const script = (name: string) =>
    outcomeOf(spawn("npm", ["run", "--silent", name], { cwd: join(folder, "shop"), shell: true }));
  const inProject = (...args: readonly string[]) => outcomeOf(startDomain(args, { cwd: join(folder, "shop") }));

  it.each(CHOICES)("with $decorators decorators as $modules, tested by $runner, compiles", async (choices) => {
    await domain("new", "shop", "--no-git", ...optionsOf(choices));
    if (choices.runner === "vitest") {
      // This repository does not have vitest, whose names here are those of jest.
      const test = read("shop/test/shop.test.ts");
      expect(test).toContain('import { expect, test } from "vitest";');
      writeFileSync(join(folder, "shop/test/shop.test.ts"), test.replace('"vitest"', '"@jest/globals"'));
    }
    expect(faultsOf(join(folder, "shop"))).toEqual([]);
  });

  it.each([
    { decorators: "legacy", modules: "commonjs", runner: "node" },
    { decorators: "standard", modules: "esm", runner: "jest" },
  ])("with $decorators decorators as $modules passes its tests by $runner, and runs", async (choices) => {
    await domain("new", "shop", "--no-git", ...optionsOf(choices));
    const { stdout, stderr, status } = await script("test");
    expect([status, stdout + stderr]).toEqual([0, expect.stringMatching(/(?:#|ℹ) pass 2|Tests: +2 passed, 2 total/)]);
    expect(existsSync(join(folder, "shop/dist"))).toBe(false);
    expect(await script("start")).toEqual({
      stdout: expect.stringMatching(/^Shop \S+ has the name "second" after 2 events\.\n$/),
      stderr: "",
      status: 0,
    });
    expect((await inProject("check")).stdout).toBe("shop: 1 aggregate, 2 events, 2 commands: no problems\n");
    expect((await inProject("list", "Shop")).stdout).toMatch(/1 Shop\(s\)\.\n$/);
  });

  it("runs as compiled, and in memory without a trace", async () => {
    await domain("new", "shop", "--store=memory", "--no-git");
    expect(await script("build")).toMatchObject({ stderr: "", status: 0 });
    const main = spawn(process.execPath, ["dist/src/main.js"], { cwd: join(folder, "shop") });
    expect(await outcomeOf(main)).toMatchObject({ stderr: "", status: 0 });
    expect(existsSync(join(folder, "shop/data"))).toBe(false);
  });
});

describe("create-tidemark", () => {
  it("does what domain new does", async () => {
    const bin = join(REPOSITORY, "packages/create-tidemark/bin/create-tidemark.js");
    const child = spawn(process.execPath, [bin, "shop", "--esm", "--no-git"], { cwd: folder });
    const { stdout, status } = await outcomeOf(child);
    expect([stdout.split("\n")[0], status]).toEqual(["Created shop in shop, 13 files.", 0]);
    await domain("new", "shop", "--directory=other/shop", "--esm", "--no-git");
    const { "package.json": _, ...files } = filesIn("shop");
    expect(filesIn("other/shop")).toMatchObject(files);
  });
});

it("is published with its templates", async () => {
  const pack = spawn("npm", ["pack", "--dry-run", "--json"], { cwd: join(REPOSITORY, "cli"), shell: true });
  const [{ files }] = JSON.parse((await outcomeOf(pack)).stdout) as [{ files: readonly { path: string }[] }];
  const templates = files.map(({ path }) => path).filter((path) => path.startsWith("templates/"));
  expect(templates).toEqual(
    expect.arrayContaining([
      "templates/project/gitignore",
      "templates/project/src/sample-file/sample-file.ts",
      "templates/tests/node/test/sample-file.test.ts",
      "templates/tests/expect/test/sample-file.test.ts",
      "templates/vitest-standard/vitest.config.mjs",
      "templates/stores/sqlite/domain.toml",
    ]),
  );
});

/** Files that all projects share are read and parsed once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** Compiles a project and returns what the compiler complains about. */
function faultsOf(project: string): string[] {
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(project, "tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    project,
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (file, languageVersion, ...rest) => {
    if (file.startsWith(project)) return getSourceFile(file, languageVersion, ...rest);
    const { impliedNodeFormat } = languageVersion as ts.CreateSourceFileOptions;
    const key = `${file} ${impliedNodeFormat}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(file, languageVersion, ...rest));
    return parsed.get(key);
  };
  const program = ts.createProgram(fileNames, options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}
