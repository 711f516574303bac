import { InvalidArgumentError } from "commander";

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60 * 1000,
  min: 60 * 1000,
  h: 60 * 60 * 1000,
  d: 24 * 60 * 60 * 1000,
  w: 7 * 24 * 60 * 60 * 1000,
};
const DAY_MS = 24 * 60 * 60 * 1000;

const AGO = /^(?<count>\d+)\s*(?<unit>s|min|m|h|d|w)$/;
const FORM =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?<zone>Z|[+-]\d{2}:\d{2})?)?$/;

/** Parses a day, a time, or a time before now (`1h`, `yesterday`) as its first millisecond. The zone is UTC unless the text names one. */
export function startOf(text: string): Date {
  return parse(text).start;
}

/** Parses a day, a time, or a time before now as its last millisecond: a day ends at midnight, in UTC. */
export function endOf(text: string): Date {
  const { start, isDay } = parse(text);
  return isDay ? new Date(start.getTime() + DAY_MS - 1) : start;
}

interface PointInTime {
  readonly start: Date;
  readonly isDay: boolean;
}

function parse(text: string): PointInTime {
  return beforeNow(text) ?? named(text);
}

function beforeNow(text: string): PointInTime | undefined {
  const now = Date.now();
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  if (text === "now") return { start: new Date(now), isDay: false };
  if (text === "today") return { start: new Date(today), isDay: true };
  if (text === "yesterday") return { start: new Date(today - DAY_MS), isDay: true };
  const { count, unit } = AGO.exec(text)?.groups ?? {};
  if (count === undefined || unit === undefined) return undefined;
  const start = new Date(now - Number(count) * (UNITS_MS[unit] as number));
  return Number.isNaN(start.getTime()) ? undefined : { start, isDay: false };
}

function named(text: string): PointInTime {
  const { day, time, zone = "Z" } = FORM.exec(text)?.groups ?? {};
  const start = new Date(time === undefined ? `${day}T00:00Z` : `${day}T${time}${zone}`);
  const isReal = !Number.isNaN(start.getTime()) && new Date(`${day}T00:00Z`).toISOString().startsWith(day ?? "");
  if (day === undefined || !isReal)
    throw new InvalidArgumentError(
      "Expected a day or a time, such as 2026-02-20, 2026-02-20T12:00:00Z, 1h, 30min, 2d, today or yesterday.",
    );
  return { start, isDay: time === undefined };
}
