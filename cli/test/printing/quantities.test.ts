import { duration, grouped, size } from "../../src/printing/quantities";

it.each([
  [0, "0 B"],
  [412, "412 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [1_234, "1.2 kB"],
  [9_949, "9.9 kB"],
  [9_951, "10 kB"],
  [999_499, "999 kB"],
  [999_501, "1.0 MB"],
  [15_000_000, "15 MB"],
  [4_200_000_000_000, "4200 GB"],
])("says %d bytes as %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

it.each([
  [-5_000, "0 s"],
  [999, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [3_600_000, "1 h"],
  [86_399_999, "23 h"],
  [86_400_000, "1 d"],
  [86_400_000 * 1_200, "1,200 d"],
])("says %d ms as %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it("groups digits and keeps one behind the point", () => {
  expect([grouped(1_234_567), grouped(0.25), grouped(3)]).toEqual(["1,234,567", "0.3", "3"]);
});
