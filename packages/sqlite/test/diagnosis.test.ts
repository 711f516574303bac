import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Diagnosis } from "@tidemark/core/adapter";

import type { SqliteSettings } from "../src";
import { diagnoseFile } from "../src/diagnosis";
import { diskSpace, fileSystem } from "../src/file-diagnosis";
import { SCHEMA_VERSION } from "../src/schema";
import { inFile, openFile, sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), "data", "bank.db");
});

const byName = (diagnoses: readonly Diagnosis[]) =>
  Object.fromEntries(diagnoses.map((diagnosis) => [diagnosis.name, diagnosis]));

/** What a store that is not open finds. */
async function diagnosed(settings: Partial<SqliteSettings> = {}): Promise<Readonly<Record<string, Diagnosis>>> {
  return byName(await sqliteStore({ path, ...settings }).diagnose());
}

async function create(): Promise<void> {
  const store = sqliteStore({ path });
  await store.open();
  await store.close();
}

it("finds nothing wrong with a file on a local disk, open or not", async () => {
  const store = sqliteStore({ path });
  await store.open();
  const open = byName(await store.diagnose());
  await store.close();
  // What the machine of the test has, others may not.
  const { file_system, disk_space, sqlite_version, ...own } = open;
  expect(own).toEqual({
    schema: { name: "schema", verdict: "fine", finding: `Its version is ${SCHEMA_VERSION}, the one of this code.` },
    synchronous: {
      name: "synchronous",
      verdict: "fine",
      finding: "It is full: a commit is on the disk when it is acknowledged.",
    },
    journal_mode: {
      name: "journal_mode",
      verdict: "fine",
      finding: "It is wal: readers and a writer do not wait for each other.",
    },
    wal_size: {
      name: "wal_size",
      verdict: "fine",
      finding: expect.stringMatching(/^The write-ahead log takes \d MB\.$/),
    },
  });
  expect(disk_space?.finding).toMatch(/^[\d,]+ MB are free/);
  expect(sqlite_version?.finding).toMatch(/^It is 3\.\d+\.\d+/);
  expect(Object.keys(await diagnosed())).toEqual(Object.keys(open));
  expect(file_system?.name).toBe(process.platform === "linux" ? "file_system" : undefined);
});

it("creates nothing where there is no file", async () => {
  const found = await diagnosed();
  expect(found.schema).toEqual({
    name: "schema",
    verdict: "warning",
    finding: "There are no tables yet; the next start makes them too.",
    advice: "domain eventstore migrate",
  });
  expect(found).not.toHaveProperty("journal_mode");
  expect(existsSync(dirname(path))).toBe(false);
});

it("changes nothing in a file", async () => {
  await create();
  inFile(path, (database) => database.pragma("journal_mode = DELETE"));
  const before = readdirSync(dirname(path));
  expect((await diagnosed()).journal_mode).toMatchObject({
    verdict: "warning",
    finding: "It is delete: another program has changed it, and readers and writers wait for each other.",
  });
  expect(readdirSync(dirname(path))).toEqual(before);
  expect(inFile(path, (database) => database.pragma("journal_mode"))).toBe("delete");
});

it("says what a loss of power may take", async () => {
  expect((await diagnosed({ synchronous: "normal" })).synchronous).toEqual({
    name: "synchronous",
    verdict: "warning",
    finding:
      "It is normal: acknowledged events survive a crash of the process, and a loss of power may take the last ones.",
    advice: 'Set synchronous = "full" in [event_store], or leave it out.',
  });
  const store = sqliteStore({ path, synchronous: "off" as "normal" });
  await store.open();
  expect(byName(await store.diagnose()).synchronous).toMatchObject({
    verdict: "danger",
    finding: "It is off: nothing is flushed to the disk, and a loss of power may damage the whole file.",
  });
  await store.close();
});

it("finds a schema of another version, a newer one too", async () => {
  await create();
  const withVersion = (version: number) => {
    inFile(path, (database) => database.pragma(`user_version = ${version}`));
    return diagnosed();
  };
  expect((await withVersion(3)).schema).toMatchObject({
    verdict: "warning",
    finding: `Its version is 3; the next start brings it to version ${SCHEMA_VERSION}.`,
  });
  expect((await withVersion(99)).schema).toMatchObject({ verdict: "warning", advice: "Upgrade @tidemark/sqlite." });
});

it("throws what opening throws for a file that is not ours", async () => {
  path = join(temporaryFolder(), "notes.txt");
  writeFileSync(path, "No database at all, and longer than the mark of one.");
  await expect(diagnosed()).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringMatching(/^Cannot open SQLite file .*: the file is no SQLite database/),
  });
});

it("finds a write-ahead log that a reader keeps from the file, until the advice was followed", async () => {
  await create();
  const reader = openFile(path);
  reader.exec("BEGIN");
  reader.values("SELECT count(*) FROM event_log").get();
  inFile(path, (database) => {
    database.pragma("synchronous = OFF");
    database.exec("CREATE TABLE big (bytes)");
    for (let mb = 0; mb < 70; mb++) database.exec("INSERT INTO big VALUES (zeroblob(1000000))");
  });
  const { wal_size: found } = await diagnosed();
  expect(found).toMatchObject({
    verdict: "warning",
    finding: expect.stringMatching(/^The write-ahead log takes 7\d MB: a process that reads without an end/),
    advice: `End that process, and run: sqlite3 ${JSON.stringify(path)} "PRAGMA wal_checkpoint(TRUNCATE)"`,
  });
  reader.close();
  inFile(path, (database) => database.pragma("wal_checkpoint(TRUNCATE)"));
  expect((await diagnosed()).wal_size?.verdict).toBe("fine");
});

it("warns of a disk without room for the write-ahead log", () => {
  expect(diskSpace(150_000_000, 60_000_000)).toMatchObject({
    verdict: "warning",
    finding: expect.stringMatching(/^150 MB are free: appends fail once/),
  });
  expect(diskSpace(150_000_000, 4_000_000)).toEqual({
    name: "disk_space",
    verdict: "fine",
    finding: "150 MB are free.",
  });
});

describe("the file system", () => {
  it.each([
    [0x6969, "danger", /^The file lies on NFS, which other machines share/],
    // As a system with 32 bits gives it.
    [0xff534d42 | 0, "danger", /^The file lies on CIFS, which other machines share/],
    [0x65735546, "unknown", /FUSE/],
    [0xef53, "fine", /^The file lies on no network/],
  ])("%i is a %s", (type, verdict, finding) => {
    expect(fileSystem(type, "linux")).toMatchObject([{ verdict, finding: expect.stringMatching(finding) }]);
  });

  it("is not told by numbers that mean something else on other systems", () => {
    expect(fileSystem(0x6969, "darwin")).toEqual([]);
  });

  const SHARED_MEMORY = "/dev/shm";
  const inLinux = process.platform === "linux" && existsSync(SHARED_MEMORY) ? it : it.skip;
  inLinux("in memory is a danger", async () => {
    const folder = mkdtempSync(join(SHARED_MEMORY, "tidemark-"));
    try {
      path = join(folder, "bank.db");
      expect((await diagnosed()).file_system).toMatchObject({
        verdict: "danger",
        finding: "The file lies on tmpfs, which is memory: it is gone when the machine starts again.",
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the version of SQLite", () => {
  const found = async (sqliteVersion: string) => {
    const facts = { sqliteVersion, synchronous: "full", schemaVersion: SCHEMA_VERSION };
    return byName(await diagnoseFile(path, facts)).sqlite_version?.verdict;
  };

  it.each(["3.44.6", "3.50.7", "3.50.8", "3.51.3", "3.53.2", "4.0.0"])("%s is fine", async (version) => {
    expect(await found(version)).toBe("fine");
  });

  it.each(["3.37.0", "3.44.5", "3.45.9", "3.50.6", "3.51.2"])(
    "%s may damage a file that two processes write",
    async (version) => {
      expect(await found(version)).toBe("warning");
    },
  );

  it("3.36.0 is too old", async () => {
    expect(await found("3.36.0")).toBe("danger");
  });
});

it("looks at SQLite alone for a store in memory", async () => {
  expect(Object.keys(await diagnosed({ path: ":memory:" }))).toEqual(["sqlite_version"]);
});
