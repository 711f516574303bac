import { elementMarks } from "../metadata/element-mark";

/** What an event's decorator advises in its place, as the end of a sentence; undefined for one that may be raised. */
export function deprecation(event: object): string | undefined {
  for (const { kind, options } of elementMarks(event)) {
    if (kind !== "event" || !options.deprecated) continue;
    return typeof options.deprecated === "string" ? `: ${options.deprecated}` : "";
  }
  return undefined;
}
