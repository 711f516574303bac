import type { Database } from "../src/drivers/database";
import { ForgottenPositions } from "../src/forgotten-positions";
import { migrate } from "../src/schema";
import { openFile } from "./driver-under-test";

let database: Database;
let forgotten: ForgottenPositions;
beforeEach(() => {
  database = openFile(":memory:");
  migrate(database, "the database");
  forgotten = new ForgottenPositions(database);
});
afterEach(() => database.close());

const stretches = () =>
  database
    .rows<[], [number, number]>("SELECT first, last FROM forgotten_positions ORDER BY first")
    .all()
    .map((row) => Array.from(row));

it("keeps stretches as long as they can be, in whatever order they come", () => {
  forgotten.add([5, 3, 4, 9]);
  expect(stretches()).toEqual([
    [3, 5],
    [9, 9],
  ]);
  forgotten.add([8, 1, 10]);
  forgotten.add([2]);
  expect(stretches()).toEqual([
    [1, 5],
    [8, 10],
  ]);
  forgotten.add([6, 7]);
  expect(stretches()).toEqual([[1, 10]]);
});

it("finds the first position of a stretch that was not forgotten", () => {
  forgotten.add([3, 4, 5, 8]);
  expect(forgotten.firstKept(3, 5)).toBeUndefined();
  expect(forgotten.firstKept(4, 4)).toBeUndefined();
  expect(forgotten.firstKept(3, 6)).toBe(6);
  expect(forgotten.firstKept(2, 5)).toBe(2);
  expect(forgotten.firstKept(7, 8)).toBe(7);
  expect(forgotten.firstKept(8, 9)).toBe(9);
});
