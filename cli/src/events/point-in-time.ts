import { InvalidArgumentError } from "commander";

const DAY_MS = 24 * 60 * 60 * 1000;
const FORM =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?<zone>Z|[+-]\d{2}:\d{2})?)?$/;

/** Parses a day or a time as its first millisecond: a day starts at midnight. The zone is UTC unless the text names one. */
export function startOf(text: string): Date {
  return parse(text).start;
}

/** Parses a day or a time as its last millisecond. The zone is UTC unless the text names one. */
export function endOf(text: string): Date {
  const { start, isDay } = parse(text);
  return isDay ? new Date(start.getTime() + DAY_MS - 1) : start;
}

function parse(text: string): { readonly start: Date; readonly isDay: boolean } {
  const { day, time, zone = "Z" } = FORM.exec(text)?.groups ?? {};
  const start = new Date(time === undefined ? `${day}T00:00Z` : `${day}T${time}${zone}`);
  const isReal = !Number.isNaN(start.getTime()) && new Date(`${day}T00:00Z`).toISOString().startsWith(day ?? "");
  if (day === undefined || !isReal)
    throw new InvalidArgumentError("Expected a day or a time, such as 2026-02-20 or 2026-02-20T12:00:00Z.");
  return { start, isDay: time === undefined };
}
