import { EventCounter } from "../src/event-counter";
import { migrate } from "../src/schema";
import { openFile } from "./driver-under-test";

it("reads the index of categories alone, or the rows of one category where types are asked for", () => {
  const database = openFile(":memory:");
  migrate(database, "the database");
  const statements: string[] = [];
  const watched = new Proxy(database, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (key === "rows" || key === "values") statements.push(String(given[0]));
        return member.apply(target, given);
      };
    },
  });
  new EventCounter(watched);
  const plans = statements.map((sql) =>
    database
      .rows<(string | number)[], readonly unknown[]>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array.from(sql.matchAll(/\?/g), () => 1))
      .map((row) => String(row.at(-1)))
      .filter((step) => /events/.test(step)),
  );
  expect(plans).toEqual([
    ["SEARCH events USING COVERING INDEX events_by_category (category=? AND global_position>?)"],
    ["SEARCH events USING INDEX events_by_category (category=? AND global_position>?)"],
    ["SEARCH events USING INTEGER PRIMARY KEY (rowid=?)"],
  ]);
  database.close();
});
