import type { Database } from "../src/drivers/database";
import { EventStreams } from "../src/event-streams";
import { migrate } from "../src/schema";
import { openFile } from "./driver-under-test";
import { ref } from "./messages";

let database: Database;
beforeEach(() => {
  database = openFile(":memory:");
  migrate(database, "the database");
});
afterEach(() => database.close());

it("gives each stream one number, which others find", () => {
  const streams = new EventStreams(database);
  const [one, two] = [streams.numberFor(ref("account-1")), streams.numberFor(ref("account-2"))];
  expect(one).not.toBe(two);
  expect(streams.numberFor(ref("account-1"))).toBe(one);
  const others = new EventStreams(database);
  expect([others.numberOf("account-2"), others.numberOf("account-3")]).toEqual([two, 0]);
  expect(others.named(one)).toMatchObject(ref("account-1"));
  expect(others.list("account", { limit: 9 })).toEqual(["account-1", "account-2"]);
});

it("does not know a number any more that was given in a transaction that was rolled back", () => {
  const streams = new EventStreams(database);
  database.exec("BEGIN");
  const number = streams.numberFor(ref("account-1"));
  database.exec("ROLLBACK");
  streams.forget();
  expect(streams.numberOf("account-1")).toBe(0);
  expect(streams.categoryNumber("account")).toBe(0);
  expect(() => streams.named(number)).toThrow("the table event_streams is damaged");
});

describe("with streams of two categories", () => {
  beforeEach(() => {
    const streams = new EventStreams(database);
    for (const stream of ["account-1", "account-2", "order-1"]) streams.numberFor(ref(stream));
  });

  it.each([
    ["another name", "UPDATE event_streams SET name = 'account-9' WHERE name = 'account-1'", "account-9"],
    ["another category", "UPDATE event_streams SET category_id = 2 WHERE name = 'account-1'", "account-1"],
    ["another checksum", "UPDATE event_streams SET checksum = checksum + 1 WHERE name = 'account-1'", "account-1"],
    ["a category that is not there", "DELETE FROM event_categories WHERE name = 'account'", "account-1"],
    ["a category of another name", "UPDATE event_categories SET name = 'accounu' WHERE name = 'account'", "account-1"],
  ])("notices %s", (_what, alter, stream) => {
    database.exec(alter);
    expect(() => new EventStreams(database).numberOf(stream)).toThrow(/^the table event_\w+ is damaged$/);
  });

  it.each(["event_streams_by_name", "event_streams_by_category"])(
    "lets no second stream of a name begin where %s does not have it",
    (index) => {
      const hidden = hideFrom(index);
      const streams = new EventStreams(hidden);
      let number: unknown;
      try {
        number = streams.numberFor(ref("account-1"));
      } catch (error) {
        number = (error as Error).message;
      }
      expect([1, "the table event_streams is damaged"]).toContain(number);
      expect(database.values("SELECT count(*) FROM event_streams").get()).toBe(3);
    },
  );

  /** A database whose statements that use an index find nothing by it. */
  function hideFrom(index: string): Database {
    return new Proxy(database, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (sql: string, ...rest: unknown[]) =>
          member.call(target, sql.includes(`INDEXED BY ${index}`) ? sql.replace("WHERE", "WHERE 0 AND") : sql, ...rest);
      },
    });
  }
});
