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

it.each([
  "",
  "yesterday",
  "2026",
  "2026-13-01",
  "2026-02-30",
  "2026-02-20T25:00",
  "2026-02-20T12:00Q",
  "1700000000000",
])("refuses %j", (text) => {
  expect(() => startOf(text)).toThrow("Expected a day or a time, such as 2026-02-20 or 2026-02-20T12:00:00Z.");
});
