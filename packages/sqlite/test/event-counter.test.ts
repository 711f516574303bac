import { EventCounter } from "../src/event-counter";
import { EventStreams } from "../src/event-streams";
import { migrate } from "../src/schema";
import { openFile } from "./driver-under-test";

it("reads the order of categories alone, or the rows of one category where types are asked for, and behind it the log", () => {
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
  new EventCounter(watched, new EventStreams(database));
  const plans = statements.map((sql) =>
    database
      .rows<(string | number)[], readonly unknown[]>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array.from(sql.matchAll(/\?/g), () => 1))
      .map((row) => String(row.at(-1)))
      .filter((step) => /(SEARCH|SCAN) (event_log USING|[oe]\b)/.test(step)),
  );
  expect(plans.filter((steps) => steps.length > 0)).toEqual([
    ["SEARCH o USING PRIMARY KEY (category_id=? AND global_position>? AND global_position<?)"],
    [
      "SEARCH o USING PRIMARY KEY (category_id=? AND global_position>? AND global_position<?)",
      "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)",
    ],
    ["SEARCH o USING INTEGER PRIMARY KEY (rowid>?)"],
    ["SEARCH o USING INTEGER PRIMARY KEY (rowid>?)"],
    ["SEARCH event_log USING INTEGER PRIMARY KEY (rowid=?)"],
  ]);
  database.close();
});
