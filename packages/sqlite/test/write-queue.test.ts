import { IncorrectUsageError } from "@tidemark/core";
import Database from "better-sqlite3";

import { WriteQueue } from "../src/write-queue";

describe("WriteQueue", () => {
  const database = new Database(":memory:");
  database.exec("CREATE TABLE notes (text TEXT UNIQUE)");
  const insert = database.prepare("INSERT INTO notes VALUES (?)");
  const notes = () => database.prepare("SELECT text FROM notes ORDER BY rowid").pluck().all().map(String);
  const commits: string[] = [];
  const queue = new WriteQueue(database, 1_000);
  const write = (text: string) => queue.submit(() => insert.run(text).changes);

  beforeEach(() => {
    database.exec("DELETE FROM notes");
    commits.length = 0;
  });
  afterAll(() => database.close());

  it("writes in the order of submission", async () => {
    await Promise.all(["a", "b", "c"].map(write));
    expect(notes()).toEqual(["a", "b", "c"]);
  });

  it("runs what is submitted in one turn in one transaction", async () => {
    const seen: boolean[] = [];
    const work = () => queue.submit(() => seen.push(database.inTransaction));
    await Promise.all([work(), work()]);
    expect(seen).toEqual([true, true]);
    expect(database.inTransaction).toBe(false);
  });

  it("fails a refused work alone", async () => {
    const refusal = new IncorrectUsageError("no");
    const refused = queue.submit(() => {
      throw refusal;
    });
    const outcomes = await Promise.allSettled([write("a"), refused, write("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(notes()).toEqual(["a", "b"]);
  });

  it("leaves nothing of a work that failed halfway, and all of the others", async () => {
    const halfway = queue.submit(() => {
      insert.run("half");
      insert.run("half");
    });
    const outcomes = await Promise.allSettled([write("a"), halfway, write("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(notes()).toEqual(["a", "b"]);
  });

  it("takes work while other work is under way", async () => {
    await write("a").then(() => write("b"));
    expect(notes()).toEqual(["a", "b"]);
    await queue.finished();
  });
});
