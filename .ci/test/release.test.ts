import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

import { LoopbackRegistry } from "./loopback-registry";
import { REPOSITORY } from "./packed-packages";
import { shownTsconfig } from "./tool-table";

/** What was built is released: the copy builds nothing. */
const LEFT_OUT = new Set([".git", "node_modules", "coverage"]);
const VERSION = "99.1.0";

/** The native driver of this repository. */
const DRIVER = { folder: join(REPOSITORY, "node_modules/better-sqlite3"), version: driverVersion() };

const execute = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly [kind: string]: unknown;
}

describe("npm run release", () => {
  let copy: string;

  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const git = (...args: string[]): string =>
    run("git", "-c", "user.name=Releaser", "-c", "user.email=releaser@example.org", ...args);
  const read = (file: string) => JSON.parse(readFileSync(join(copy, file), "utf8"));
  const manifests = (): [folder: string, Manifest][] =>
    ["packages", "examples"]
      .flatMap((parent) => readdirSync(join(copy, parent)).map((name) => `${parent}/${name}`))
      .concat("cli", "benchmarks")
      .filter((folder) => git("ls-files", `${folder}/package.json`) !== "")
      .map((folder) => [folder, read(`${folder}/package.json`)]);

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), "tidemark-release-"));
    cpSync(REPOSITORY, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
    git("init", "--quiet", "--initial-branch=main");
    git("config", "user.name", "Releaser");
    git("config", "user.email", "releaser@example.org");
    git("add", "--all");
    git("commit", "--quiet", "--message", "Begin");
    run("npm", "run", "release", "--", "version", VERSION, "--yes", "--no-push", "--ignore-scripts=false");
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it("gives every workspace the version, and a range from it on wherever another workspace depends on it", () => {
    const all = manifests();
    const names = new Set(all.map(([, { name }]) => name));
    expect(all.length).toBeGreaterThan(8);
    expect(read("lerna.json").version).toBe(VERSION);
    for (const [folder, manifest] of all) {
      expect([folder, manifest.version]).toEqual([folder, VERSION]);
      for (const kind of ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"])
        for (const [name, range] of Object.entries((manifest[kind] as Record<string, string> | undefined) ?? {}))
          if (names.has(name)) expect([folder, kind, name, range]).toEqual([folder, kind, name, `^${VERSION}`]);
    }
  });

  it("brings the lock file to the same versions, so that npm ci accepts it", () => {
    const { packages } = read("package-lock.json") as { packages: Record<string, Manifest> };
    for (const [folder] of manifests()) expect([folder, packages[folder]?.version]).toEqual([folder, VERSION]);
    run("npm", "ci", "--dry-run", "--ignore-scripts");
  });

  it("commits and tags all of it, and leaves nothing behind", () => {
    expect(git("status", "--porcelain")).toBe("");
    expect(git("tag", "--points-at", "HEAD").trim()).toBe(`v${VERSION}`);
    expect(git("show", "--name-only", "--format=", "HEAD").trim().split("\n").sort()).toEqual(
      ["lerna.json", "package-lock.json", ...manifests().map(([folder]) => `${folder}/package.json`)].sort(),
    );
  });

  describe("-- publish from-package", () => {
    let registry: LoopbackRegistry;
    let project: string;

    const inProject = async (command: string, ...args: string[]): Promise<string> =>
      (await execute(command, args, { cwd: project })).stdout;

    beforeAll(async () => {
      registry = await LoopbackRegistry.start(run("npm", "config", "get", "registry").trim());
      // A statement of provenance is made where a workflow of GitHub publishes, and nowhere else.
      for (const [folder, { publishConfig, ...manifest }] of manifests())
        writeFileSync(join(copy, folder, "package.json"), JSON.stringify(manifest));
      git("commit", "--quiet", "--all", "--message", "Publish without a statement of provenance");
      await execute(
        "npm",
        ["run", "release", "--", "publish", "from-package", "--yes", "--ignore-scripts", "--registry", registry.url],
        { cwd: copy },
      );

      project = mkdtempSync(join(tmpdir(), "tidemark-installed-"));
      cpSync(join(__dirname, "fixtures/bank/src"), join(project, "src"), { recursive: true });
      const write = (name: string, text: string) => writeFileSync(join(project, name), text);
      write("package.json", JSON.stringify({ name: "bank", private: true }));
      write("tsconfig.json", shownTsconfig("older").replace('"skipLibCheck": true', '"skipLibCheck": false'));
      write("domain.toml", 'module = "src/bank.ts"\n\n[event_store]\nprovider = "sqlite"\npath = "bank.db"\n');
      write(".npmrc", `registry=${registry.url}\n`);
      const published = registry.published.filter((name) => /\/(core|sqlite|cli|testing)@/.test(name));
      const others = ["zod@4", "typescript@5.9.3", "@types/node@20", `better-sqlite3@${DRIVER.version}`];
      await inProject("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", ...published, ...others);
      // In place of the prebuilt binary, which is not in the registry.
      cpSync(join(DRIVER.folder, "build"), join(project, "node_modules/better-sqlite3/build"), { recursive: true });
    });

    afterAll(async () => {
      await registry?.stop();
      if (project !== undefined) rmSync(project, { recursive: true, force: true });
    });

    it("publishes every public workspace", () => {
      const all = manifests().filter(([, manifest]) => !manifest.private);
      expect(registry.published).toEqual(all.map(([, { name }]) => `${name}@${VERSION}`).sort());
    });

    it("publishes what compiles, types of the packages included, and runs on an SQLite file", async () => {
      expect(await inProject("npx", "tsc")).toBe("");
      expect(await inProject("node", "dist/main.js")).toBe(
        "Alice has 100 at version 1\nBank.AccountOpened.v1\nBank.DepositMade.v1\nObjectNotFoundError\n",
      );
    });

    it("publishes the domain command, which reads the file", async () => {
      expect(await inProject("npx", "domain", "--version")).toBe(`${VERSION}\n`);
      expect(await inProject("npx", "domain", "eventstore", "verify")).toBe("Verified 2 message(s): no faults.\n");
    });

    it.each(["core", "core/adapter", "core/config", "sqlite", "testing"])(
      "publishes one instance of %s for import and require",
      async (name) => {
        const program = `
          import * as imported from "@tidemark/${name}";
          import { createRequire } from "node:module";
          const required = createRequire(import.meta.url)("@tidemark/${name}");
          const names = Object.keys(required);
          console.log(names.length > 0, names.every((name) => imported[name] === required[name]), Object.keys(imported).length - names.length);`;
        writeFileSync(join(project, "both.mjs"), program);
        expect(await inProject("node", "both.mjs")).toBe("true true 0\n");
      },
    );
  });
});

function driverVersion(): string {
  return JSON.parse(readFileSync(join(REPOSITORY, "node_modules/better-sqlite3/package.json"), "utf8")).version;
}
