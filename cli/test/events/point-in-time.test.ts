import { endOf, startOf } from "../../src/events/point-in-time";

const iso = (read: (text: string) => Date, text: string) => read(text).toISOString();

it.each([
  ["2026-02-20", "2026-02-20T00:00:00.000Z", "2026-02-20T23:59:59.999Z"],
  ["2026-02-20T12:00", "2026-02-20T12:00:00.000Z", "2026-02-20T12:00:00.000Z"],
  ["2026-02-20 12:00:01.5", "2026-02-20T12:00:01.500Z", "2026-02-20T12:00:01.500Z"],
  ["2026-02-20T12:00:00+02:00", "2026-02-20T10:00:00.000Z", "2026-02-20T10:00:00.000Z"],
])("reads %s, in UTC where no zone is named", (text, start, end) => {
  expect([iso(startOf, text), iso(endOf, text)]).toEqual([start, end]);
});

describe("before now", () => {
  beforeEach(() => jest.useFakeTimers({ now: new Date("2026-02-20T12:34:56.789Z") }));
  afterEach(() => jest.useRealTimers());

  it.each([
    ["1h", "2026-02-20T11:34:56.789Z", "2026-02-20T11:34:56.789Z"],
    ["90 s", "2026-02-20T12:33:26.789Z", "2026-02-20T12:33:26.789Z"],
    ["30min", "2026-02-20T12:04:56.789Z", "2026-02-20T12:04:56.789Z"],
    ["2m", "2026-02-20T12:32:56.789Z", "2026-02-20T12:32:56.789Z"],
    ["2d", "2026-02-18T12:34:56.789Z", "2026-02-18T12:34:56.789Z"],
    ["1w", "2026-02-13T12:34:56.789Z", "2026-02-13T12:34:56.789Z"],
    ["now", "2026-02-20T12:34:56.789Z", "2026-02-20T12:34:56.789Z"],
    ["today", "2026-02-20T00:00:00.000Z", "2026-02-20T23:59:59.999Z"],
    ["yesterday", "2026-02-19T00:00:00.000Z", "2026-02-19T23:59:59.999Z"],
  ])("reads %s", (text, start, end) => {
    expect([iso(startOf, text), iso(endOf, text)]).toEqual([start, end]);
  });
});

it.each([
  "",
  "tomorrow",
  "1x",
  "h",
  "99999999999999999999w",
  "2026",
  "2026-13-01",
  "2026-02-30",
  "2026-02-20T25:00",
  "2026-02-20T12:00Q",
  "1700000000000",
])("refuses %j", (text) => {
  expect(() => startOf(text)).toThrow(
    "Expected a day or a time, such as 2026-02-20, 2026-02-20T12:00:00Z, 1h, 30min, 2d, today or yesterday.",
  );
});
