import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Database } from "../../src/drivers/database";
import { transaction } from "../../src/transaction";
import { openFile } from "../driver-under-test";
import { temporaryFolder } from "../temporary-folder";

let path: string;
let database: Database;

beforeEach(() => {
  path = join(temporaryFolder(), "notes.db");
  database = openFile(path);
  database.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT UNIQUE, content ANY) STRICT");
});
afterEach(() => database.close());

const insert = (id: number | null, title: string, content: unknown = null) =>
  database.prepare("INSERT INTO notes VALUES (?, ?, ?)").run(id, title, content);
const contents = () => database.values("SELECT content FROM notes ORDER BY id").all();
const titles = () => database.values("SELECT title FROM notes ORDER BY id").all();

it("gives rows as arrays, and the first column of each as values", () => {
  insert(1, "one", "a");
  insert(2, "two");
  const rows = database.rows<[number], unknown[]>("SELECT title, id, content FROM notes WHERE id <= ? ORDER BY id");
  const ids = database.values<[number], number>("SELECT id, title FROM notes WHERE id <= ? ORDER BY id DESC");
  expect(rows.all(2)).toEqual([
    ["one", 1, "a"],
    ["two", 2, null],
  ]);
  expect(rows.get(2)).toEqual(["one", 1, "a"]);
  expect(rows.get(0)).toBeUndefined();
  expect(ids.all(2)).toEqual([2, 1]);
  expect(ids.get(1)).toBe(1);
  expect(ids.get(0)).toBeUndefined();
  expect(Array.from(rows.iterate(1))).toEqual([["one", 1, "a"]]);
  expect(Array.from(ids.iterate(2))).toEqual([2, 1]);
});

it("counts the rows that a statement changed", () => {
  insert(1, "one");
  insert(2, "two");
  expect(database.prepare("UPDATE notes SET content = 'x'").run().changes).toBe(2);
  expect(database.prepare<[number]>("DELETE FROM notes WHERE id = ?").run(7).changes).toBe(0);
});

it("keeps texts, numbers and bytes as they are", () => {
  const values = [
    "",
    "äöü 🌊",
    0,
    -0,
    1.5,
    -1,
    4_294_967_295,
    Number.MAX_SAFE_INTEGER,
    Uint8Array.of(0, 255, 16),
    null,
  ];
  for (const [index, value] of values.entries()) insert(index, `note ${index}`, value);
  const found = contents().map((value) => (value instanceof Uint8Array ? Uint8Array.from(value) : value));
  expect(found).toEqual(values);
});

it("rounds integers that no number can hold, and goes on with the next row", () => {
  for (const id of [1, 2, 3]) insert(id, `note ${id}`, id);
  database.exec("UPDATE notes SET content = 9223372036854775807 WHERE id = 2");
  const rounded = 2 ** 63;
  expect(contents()).toEqual([1, rounded, 3]);
  const rows = database.rows<[], unknown>("SELECT content, id FROM notes ORDER BY id");
  expect(rows.all()).toEqual([
    [1, 1],
    [rounded, 2],
    [3, 3],
  ]);
  expect(Array.from(rows.iterate())).toEqual(rows.all());
  const second = database.rows<[], unknown>("SELECT content, id FROM notes WHERE id = 2");
  expect(second.get()).toEqual([rounded, 2]);
});

it("frees the file where a walk through rows is left early", () => {
  for (const id of [1, 2, 3]) insert(id, `note ${id}`);
  for (const title of database.values("SELECT title FROM notes ORDER BY id").iterate()) {
    expect(title).toBe("note 1");
    break;
  }
  const other = openFile(path);
  other.exec("DROP TABLE notes");
  other.close();
});

describe("errors carry SQLite's own name for them", () => {
  const violation = (code: string) => expect.objectContaining({ code });

  it("of a row that is there already", () => {
    insert(1, "one");
    expect(() => insert(1, "two")).toThrow(violation("SQLITE_CONSTRAINT_PRIMARYKEY"));
    expect(() => insert(2, "one")).toThrow(violation("SQLITE_CONSTRAINT_UNIQUE"));
  });

  it("of a lock that another connection holds", () => {
    const other = openFile(path);
    other.pragma("busy_timeout = 1");
    database.exec("BEGIN IMMEDIATE");
    expect(() => other.exec("BEGIN IMMEDIATE")).toThrow(violation("SQLITE_BUSY"));
    expect(() => other.prepare("BEGIN IMMEDIATE").run()).toThrow(violation("SQLITE_BUSY"));
    database.exec("ROLLBACK");
    other.close();
  });

  it("of a file that is no database", () => {
    const notes = join(temporaryFolder(), "notes.txt");
    writeFileSync(notes, "Dear diary,\n".repeat(200));
    const other = openFile(notes);
    expect(() => other.values("SELECT name FROM sqlite_schema").all()).toThrow(violation("SQLITE_NOTADB"));
    other.close();
  });

  it("of a file that cannot be opened, or not be written", () => {
    const missing = join(temporaryFolder(), "missing", "notes.db");
    // One driver looks for the folder itself.
    expect(() => openFile(missing)).toThrow(/directory does not exist|unable to open database file/);
    const reader = openFile(path, { readOnly: true });
    expect(() => reader.exec("DELETE FROM notes")).toThrow(violation("SQLITE_READONLY"));
    reader.close();
  });

  it("of a text beyond what SQLite holds, and of a script with an error", () => {
    expect(() => database.values("SELECT zeroblob(2000000000)").get()).toThrow(violation("SQLITE_TOOBIG"));
    expect(() => database.exec("SELEKT")).toThrow(violation("SQLITE_ERROR"));
  });
});

describe("a transaction", () => {
  it("keeps what its work did, or nothing where the work throws", () => {
    transaction(database, () => insert(1, "one"));
    expect(() =>
      transaction(database, () => {
        insert(2, "two");
        throw new TypeError("no");
      }),
    ).toThrow("no");
    expect(titles()).toEqual(["one"]);
    expect(database.inTransaction).toBe(false);
  });

  it("inside another undoes its own part alone", () => {
    transaction(database, () => {
      expect(database.inTransaction).toBe(true);
      insert(1, "one");
      expect(() =>
        transaction(database, () => {
          insert(2, "two");
          throw new TypeError("no");
        }),
      ).toThrow("no");
      transaction(database, () => insert(3, "three"));
      expect(database.inTransaction).toBe(true);
    });
    expect(titles()).toEqual(["one", "three"]);
  });

  it("throws its work's error where SQLite has rolled back by itself", () => {
    insert(1, "one");
    const conflict = database.prepare("INSERT OR ROLLBACK INTO notes VALUES (1, 'two', NULL)");
    expect(() => transaction(database, () => conflict.run())).toThrow(/UNIQUE constraint failed/);
    expect(database.inTransaction).toBe(false);
    expect(titles()).toEqual(["one"]);
  });
});
