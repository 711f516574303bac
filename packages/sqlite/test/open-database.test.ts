import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFixture, startFixture } from "./child-process";
import { inFile, openFile, sqliteStore } from "./driver-under-test";
import { append, ref } from "./messages";
import { temporaryFolder } from "./temporary-folder";

/** Root may write everything: where the tests run as root, they step down for a moment. */
async function asOrdinaryUser<T>(run: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe("opening an SQLite event store", () => {
  it("creates the folders that its path names", async () => {
    const path = join(temporaryFolder(), "data", "of", "bank.db");
    const store = sqliteStore({ path });
    await store.open();
    expect(existsSync(path)).toBe(true);
    await store.close();
  });

  it("names the file when a folder of its path is a file", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "data"), "");
    await expect(sqliteStore({ path: join(folder, "data", "bank.db") }).open()).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(
        /^Cannot open SQLite file ".*bank.db": a part of its path is a file, not a folder/,
      ),
    });
  });

  it("refuses a folder", async () => {
    const path = join(temporaryFolder(), "bank.db");
    mkdirSync(path);
    await expect(sqliteStore({ path }).open()).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("bank.db"),
    });
  });

  it("refuses a file that is no database, and leaves it as it is", async () => {
    const path = join(temporaryFolder(), "notes.txt");
    writeFileSync(path, "Dear diary,\n".repeat(20));
    await expect(sqliteStore({ path }).open()).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: `Cannot open SQLite file "${path}": the file is no SQLite database; name another file`,
    });
    expect(readFileSync(path, "utf8")).toBe("Dear diary,\n".repeat(20));
  });

  it("refuses another program's database, and leaves it as it is", async () => {
    const path = join(temporaryFolder(), "other.db");
    inFile(path, (database) => database.exec("CREATE TABLE events (name TEXT)"));
    const before = readFileSync(path);
    await expect(sqliteStore({ path }).open()).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: `Cannot open SQLite file "${path}": it is a database of another program; name another file`,
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("refuses a file that it may not write, and opens it once it may", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "protected.db");
    const store = sqliteStore({ path });
    await store.open();
    await store.log.append([append("account-1", ["a"])]);
    await store.close();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o755);
    const refusal = await asOrdinaryUser(() => store.open().catch((error: unknown) => error));
    expect(refusal).toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/^Cannot open SQLite file ".*protected.db": permission denied; make the file/),
    });
    chmodSync(path, 0o644);
    await store.open();
    expect(await store.log.version(ref("account-1"))).toBe(0);
    await store.close();
  });

  it("refuses a schema newer than it knows, naming both versions", async () => {
    const path = join(temporaryFolder(), "newer.db");
    const store = sqliteStore({ path });
    await store.open();
    await store.close();
    inFile(path, (database) => database.pragma("user_version = 7"));
    await expect(store.open()).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message: `SQLite file "${path}" has schema version 7, but this version of @tidemark/sqlite knows up to 6; upgrade the package`,
    });
  });

  it("uses an empty file that is there", async () => {
    const path = join(temporaryFolder(), "empty.db");
    writeFileSync(path, "");
    const store = sqliteStore({ path });
    await store.open();
    await store.log.append([append("account-1", ["a"])]);
    expect(await store.log.version(ref("account-1"))).toBe(0);
    await store.close();
  });
});

describe("a journal that a killed process left beside the file", () => {
  /** Copies a file and its journal in the midst of a transaction, which is what a kill leaves. */
  function copyInTransaction(from: string, to: string, change: string): void {
    const database = openFile(from);
    database.pragma("journal_mode = DELETE");
    database.pragma("cache_size = 1");
    database.exec(`BEGIN IMMEDIATE; ${change}`);
    for (const suffix of ["", "-journal"]) copyFileSync(from + suffix, to + suffix);
    database.exec("ROLLBACK");
    database.close();
  }

  it("is rolled back when the store opens, and every event is there", async () => {
    const folder = temporaryFolder();
    const [whole, halfWritten] = [join(folder, "whole.db"), join(folder, "half-written.db")];
    const ids = Array.from({ length: 200 }, (_, index) => `event ${index}`);
    const store = sqliteStore({ path: whole });
    await store.open();
    await store.log.append([append("account-1", ids)]);
    await store.close();
    copyInTransaction(whole, halfWritten, "UPDATE event_log SET data = 'half written', time = 0");
    expect(readFileSync(halfWritten).includes("half written")).toBe(true);

    const reopened = sqliteStore({ path: halfWritten });
    await reopened.open();
    const events = await reopened.log.readStream(ref("account-1"), { from: 0, limit: 1_000 });
    expect(events.map(({ id }) => id)).toEqual(ids);
    expect(existsSync(`${halfWritten}-journal`)).toBe(false);
    await reopened.log.append([append("account-1", ["another"], 199)]);
    await reopened.close();
  });

  it("of another program's database is rolled back too, and the database refused", async () => {
    const folder = temporaryFolder();
    const [whole, halfWritten] = [join(folder, "whole.db"), join(folder, "half-written.db")];
    inFile(whole, (other) => {
      other.exec("CREATE TABLE notes (text TEXT); BEGIN");
      const insert = other.prepare("INSERT INTO notes VALUES (?)");
      for (let note = 0; note < 200; note++) insert.run("Dear diary, ".repeat(50));
      other.exec("COMMIT");
    });
    copyInTransaction(whole, halfWritten, "UPDATE notes SET text = upper(text)");
    await expect(sqliteStore({ path: halfWritten }).open()).rejects.toMatchObject({
      message: `Cannot open SQLite file "${halfWritten}": it is a database of another program; name another file`,
    });
    expect(readFileSync(halfWritten).equals(readFileSync(whole))).toBe(true);
  });

  const kills = process.env.TIDEMARK_TEST === "full" ? 80 : 8;
  it(`keeps no store from opening whose making was killed, ${kills} times`, async () => {
    const bundle = bundleFixture("make-stores-for-ever");
    for (let kill = 0; kill < kills; kill++) {
      const maker = startFixture(bundle, [temporaryFolder()]);
      const { child } = maker;
      const stores = 1 + Math.floor(Math.random() * 5);
      while (maker.lines.length < stores) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      child.kill("SIGKILL");
      await maker.ended;
      for (const path of maker.lines) {
        const store = sqliteStore({ path });
        await store.open();
        await store.log.append([append("account-1", ["a"], -1)]);
        await store.close();
      }
    }
  });
});

describe("a disk without room", () => {
  const canLift = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

  it("refuses the append in a sentence that names the file, reads on, and appends again when there is room", async () => {
    const path = join(temporaryFolder(), "full.db");
    const writer = startFixture(bundleFixture("append-until-refused"), [path], { shell: "ulimit -S -f 600" });
    const printed = async (count: number) => {
      while (writer.lines.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
      return writer.lines.slice(0, count).map((line) => JSON.parse(line));
    };
    const [refused, { readable }, { again }] = await printed(3);
    expect(refused).toMatchObject({ code: "STORE_UNAVAILABLE", error: expect.stringContaining(`"${path}"`) });
    expect(readable).toBe(refused.version);
    expect(again).toContain("Cannot append to");
    if (canLift) {
      spawnSync("prlimit", ["--pid", String(writer.child.pid), "--fsize=unlimited"]);
      expect((await printed(4))[3]).toEqual({ recovered: refused.version + 1 });
    } else writer.child.kill("SIGKILL");
    await writer.ended;

    const store = sqliteStore({ path });
    await store.open();
    expect(await store.log.version(ref("account-1"))).toBe(refused.version + (canLift ? 1 : 0));
    await store.close();
  });
});
