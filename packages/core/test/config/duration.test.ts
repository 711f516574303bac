import { durationMs, durationOrNoneMs, endlessDurationMs } from "../../src/config/duration";

it.each([
  ["30s", 30_000],
  ["15m", 900_000],
  ["1h", 3_600_000],
  ["2d", 172_800_000],
])("the duration %p is %p ms", (text, ms) => {
  expect(durationMs.parse(text)).toBe(ms);
});

it.each(["", "1", "h", "0s", "-1h", "1.5h", "1 h", "1H", "1w", 3_600])("%p is no duration", (value) => {
  const { error } = durationMs.safeParse(value);
  expect(error?.issues.map(({ message }) => message)).toEqual([
    'must be a duration such as "30s", "15m", "1h" or "2d"',
  ]);
});

it("a duration can be without an end where that is allowed", () => {
  expect(["90d", "forever"].map((text) => endlessDurationMs.parse(text))).toEqual([
    7_776_000_000,
    Number.POSITIVE_INFINITY,
  ]);
  expect(durationMs.safeParse("forever").success).toBe(false);
});

it.each(["", "0d", "ever", 90])("%p is no duration, with or without an end", (value) => {
  const { error } = endlessDurationMs.safeParse(value);
  expect(error?.issues.map(({ message }) => message)).toEqual([
    'must be a duration such as "30s", "15m", "1h" or "2d", or "forever"',
  ]);
});

it("a duration can be none where that is allowed", () => {
  expect(["0s", "0m", "30s"].map((text) => durationOrNoneMs.parse(text))).toEqual([0, 0, 30_000]);
});

it.each(["", "0", "0x", "-1s", 0])("%p is no duration, nor none", (value) => {
  const { error } = durationOrNoneMs.safeParse(value);
  expect(error?.issues.map(({ message }) => message)).toEqual([
    'must be a duration such as "30s", "15m", "1h" or "2d", or "0s"',
  ]);
});
