/** A time this close to that of its reading was read off the clock. */
const CLOSE_MS = 10_000;

/** Whether reading a value twice gives another one each time, or the time of day: at any depth. */
export function isFleeting(read: () => unknown): boolean {
  return differs(read(), read());
}

function differs(first: unknown, second: unknown): boolean {
  if (first instanceof Date) return Math.abs(first.getTime() - Date.now()) < CLOSE_MS;
  if (typeof first === "number") return !Object.is(first, second) || Math.abs(first - Date.now()) < CLOSE_MS;
  if (typeof first !== "object" || first === null) return first !== second;
  if (typeof second !== "object" || second === null) return true;
  return Object.entries(first).some(([key, part]) => differs(part, (second as Record<string, unknown>)[key]));
}
