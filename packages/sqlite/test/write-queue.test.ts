import { IncorrectUsageError } from "@tidemark/core";

import { WriteQueue } from "../src/write-queue";
import { openFile } from "./driver-under-test";

describe("WriteQueue", () => {
  const database = openFile(":memory:");
  database.exec("CREATE TABLE notes (text TEXT UNIQUE)");
  const insert = database.prepare("INSERT INTO notes VALUES (?)");
  const notes = () => database.values("SELECT text FROM notes ORDER BY rowid").all().map(String);
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

  it("runs no work again for one that threw before it changed anything", async () => {
    const runs: string[] = [];
    const works = ["a", "b"].map((name) => queue.submit(() => runs.push(name)));
    const refused = queue.submit(() => {
      runs.push("refused");
      throw new Error("no");
    });
    await Promise.allSettled([...works, refused]);
    expect(runs).toEqual(["a", "b", "refused"]);
  });

  const failures: Readonly<Record<string, () => void>> = {
    "an error of SQLite": () => void insert.run("half"),
    "an error of the domain": () => {
      throw new IncorrectUsageError("no");
    },
    "any other error": () => {
      throw new TypeError("no");
    },
  };

  it.each(Object.entries(failures))(
    "leaves nothing of a work that failed halfway with %s, and all of the others",
    async (_, fail) => {
      const halfway = () =>
        queue.submit(() => {
          insert.run("half");
          fail();
        });
      const outcomes = await Promise.allSettled([write("a"), halfway(), write("b"), halfway(), write("c")]);
      expect(outcomes.map(({ status }) => status)).toEqual([
        "fulfilled",
        "rejected",
        "fulfilled",
        "rejected",
        "fulfilled",
      ]);
      expect(notes()).toEqual(["a", "b", "c"]);
      await expect(halfway()).rejects.toHaveProperty("message");
      expect(notes()).toEqual(["a", "b", "c"]);
      expect(database.inTransaction).toBe(false);
    },
  );

  it("carries out the others when SQLite rolls back the whole transaction for one of them", async () => {
    const conflict = database.prepare("INSERT OR ROLLBACK INTO notes VALUES ('a')");
    const outcomes = await Promise.allSettled([write("a"), queue.submit(() => conflict.run()), write("b")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(notes()).toEqual(["a", "b"]);
  });

  it("takes work while other work is under way", async () => {
    await write("a").then(() => write("b"));
    expect(notes()).toEqual(["a", "b"]);
    await queue.finished();
  });
});
