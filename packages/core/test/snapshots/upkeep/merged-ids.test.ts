import { mergedIds } from "../../../src/snapshots/upkeep/merged-ids";

async function* ids(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

it.each([
  [["a", "c"], ["b"], ["a", "b", "c"]],
  [
    ["a", "b"],
    ["a", "b"],
    ["a", "b"],
  ],
  [[], ["x"], ["x"]],
  [["x"], [], ["x"]],
  [["\uFB01", "\u{1F600}"], ["\u{1F600}"], ["\uFB01", "\u{1F600}"]],
])("mergedIds of %p and %p are %p", async (left, right, merged) => {
  const found: string[] = [];
  for await (const id of mergedIds(ids(...left), ids(...right))) found.push(id);
  expect(found).toEqual(merged);
});
