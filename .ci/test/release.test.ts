import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const REPOSITORY = join(__dirname, "../..");
const LEFT_OUT = new Set([".git", "node_modules", "build", "dist", "coverage"]);
const VERSION = "99.1.0";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly [kind: string]: unknown;
}

describe("npm run release -- version", () => {
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
});
