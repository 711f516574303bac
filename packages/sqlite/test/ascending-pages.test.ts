import { ascendingPages, refuseDisorder } from "../src/ascending-pages";

/** Reads two rows a page of a table whose pages lead back, as a flipped bit can let them. */
function pagesOf(keys: readonly number[]) {
  const left = keys.map((key) => ({ key }));
  const read = () => left.splice(0, 2);
  return [...ascendingPages({ table: "a_table", first: 0, read, keyOf: ({ key }: { readonly key: number }) => key })];
}

it("gives page after page until one is empty", () => {
  expect(pagesOf([1, 2, 5, 7, 9])).toEqual([[{ key: 1 }, { key: 2 }], [{ key: 5 }, { key: 7 }], [{ key: 9 }]]);
  expect(pagesOf([])).toEqual([]);
});

it.each([
  ["a page before", [3, 4, 1, 2]],
  ["the same page", [1, 2, 1, 2]],
  ["an earlier row of the page", [2, 1]],
  ["what is no key", [1, Number.NaN]],
])("refuses a table that leads back to %s", (_, keys) => {
  expect(() => pagesOf(keys)).toThrow("the table a_table is damaged");
});

it("orders texts as SQLite does: by their bytes in UTF-8", () => {
  expect(refuseDisorder("a_table", "", ["a", "b", "\ufb01", "\u{1f600}"])).toBe("\u{1f600}");
  expect(() => refuseDisorder("a_table", "", ["\u{1f600}", "\ufb01"])).toThrow("damaged");
  expect(() => refuseDisorder<string | number>("a_table", "", [1])).toThrow("damaged");
  expect(refuseDisorder("a_table", "as before", [])).toBe("as before");
});
