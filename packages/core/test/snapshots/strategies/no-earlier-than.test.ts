import { noEarlierThan } from "../../../src/snapshots/strategies/no-earlier-than";
import { context } from "./context";

it("noEarlierThan holds back an aggregate's first snapshot, and no later one", () => {
  const due = noEarlierThan(10, () => true);
  expect(due(context({ version: 8, eventsSince: 9 }))).toBe(false);
  expect(due(context({ version: 9, eventsSince: 10 }))).toBe(true);
  expect(due(context({ version: 8, eventsSince: 1 }))).toBe(true);
  expect(noEarlierThan(0, () => true)(context({ version: 0, eventsSince: 1 }))).toBe(true);
});
