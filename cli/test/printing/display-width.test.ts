import { cutEnd, cutMiddle, displayWidth, type WidthOf } from "../../src/printing/display-width";

let widthOf: WidthOf;
beforeAll(async () => {
  widthOf = await displayWidth();
});

it.each([
  ["acc-1", 5],
  ["账户一", 6],
  ["계좌", 4],
  ["ｱｲ", 2],
  ["𠀀", 2],
  ["e\u0301", 1],
  ["שָׁלוֹם", 4],
  ["कीमत", 4],
  ["می\u200cخواهم", 7],
  ["👨‍👩‍👧", 2],
  ["👍🏽", 2],
  ["🇨🇭", 2],
  ["❤️", 2],
  ["🫩", 2],
  ["└─ ", 3],
  ["…", 1],
])("measures %s as %d", (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

it.each([
  ["账户一", 6, "账户一"],
  ["账户一", 5, "账户…"],
  ["账户一", 4, "账…"],
  ["acc-1", 5, "acc-1"],
  ["acc-10", 5, "acc-…"],
  ["👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"],
  ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ["", 1, ""],
])("cuts the end of %s for %d columns", (text, columns, cut) => {
  expect(cutEnd(text, columns, widthOf)).toBe(cut);
});

it.each([
  ["账户一", 6, "账户一"],
  ["账户一二", 6, "账…二"],
  ["账户一二", 7, "账…一二"],
  ["acc-100200", 5, "ac…00"],
  ["acc-100200", 6, "acc…00"],
  ["👨‍👩‍👧a👨‍👩‍👧b", 5, "👨‍👩‍👧…b"],
  ["ae\u0301oe\u0301a", 3, "a…a"],
])("cuts the middle of %s for %d columns", (text, columns, cut) => {
  expect(cutMiddle(text, columns, widthOf)).toBe(cut);
});
