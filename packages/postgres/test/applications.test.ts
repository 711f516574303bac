import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { FreshDatabase } from "./server/fresh-database";

const root = join(__dirname, "../../..");

let database: FreshDatabase;
let folder: string;
beforeEach(async () => {
  database = await FreshDatabase.empty();
  folder = mkdtempSync(join(tmpdir(), "tidemark-postgres-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

/** All that an application changes to move to PostgreSQL. */
function configure(...settings: string[]): void {
  const eventStore = ['provider = "postgres"', `url = "${database.url}"`, ...settings].join("\n");
  const module = JSON.stringify(join(root, "examples/fidelis/dist/domain.js"));
  writeFileSync(
    join(folder, "domain.toml"),
    `module = ${module}\nsnapshot_threshold = 5\n\n[event_store]\n${eventStore}\n`,
  );
}

function run(script: string, ...args: string[]): Promise<{ stdout: string; stderr: string; status: number }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, script), ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, status: error === null ? 0 : Number(error.code) }),
    );
  });
}

describe("the bank of examples/fidelis on PostgreSQL", () => {
  it("does what it does on SQLite, with nothing changed but domain.toml", async () => {
    configure();
    const { stdout, stderr, status } = await run("examples/fidelis/dist/main.js");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toContain("balance 1700.00 at version 7");
    expect(stdout).toMatch(/with its snapshot +5 /);
    expect(await run("cli/bin/domain.js", "snapshot", "create", "--aggregate=Account")).toMatchObject({
      stdout: "Created 14 snapshot(s) for Account.\n",
      status: 0,
    });
    const verified = await run("cli/bin/domain.js", "eventstore", "verify");
    expect(verified.stdout).toMatch(/^Verified [\d,]+ message\(s\): no faults\.\n$/);
  });
});

describe("domain eventstore migrate", () => {
  it("sets the schema up where auto_migrate is off, and says so when it is there", async () => {
    configure("auto_migrate = false");
    const refused = await run("cli/bin/domain.js", "snapshot", "create");
    expect({ stdout: refused.stdout, status: refused.status }).toEqual({ stdout: "", status: 2 });
    expect(refused.stderr).toContain(
      "it is not set up, version 4 is needed; run `domain eventstore migrate`, or set auto_migrate = true",
    );
    const outcomes = [/^Created the schema, version 4: /, /^The schema is up to date: /];
    for (const outcome of outcomes) {
      const migrated = await run("cli/bin/domain.js", "eventstore", "migrate");
      expect(migrated).toMatchObject({ stderr: "", status: 0 });
      expect(migrated.stdout).toMatch(outcome);
      expect(migrated.stdout).toMatch(/: PostgreSQL database "tidemark_test_\w+" at .+, schema "tidemark"\.\n/);
      expect(/New tables: .*\bevents\b.*\.\n$/.test(migrated.stdout)).toBe(outcome === outcomes[0]);
      expect(migrated.stdout).not.toContain(new URL(database.url).password || "no password at all");
    }
    const created = await run("cli/bin/domain.js", "snapshot", "create");
    expect(created.stdout).toBe(
      "Account: 0 snapshot(s)\nReview: 0 snapshot(s)\nTransfer: 0 snapshot(s)\nCreated 0 snapshot(s) across 3 aggregate(s).\n",
    );
  });
});
