import type { SettingPath } from "../../config/setting-path";
import { pathInWords } from "../../wording/in-words";

/** One place where a snapshot's state and the events' state disagree; undefined where one has nothing there. */
export interface StateDifference {
  /** `balance`, `tags[2]`, `notes."a b".when` */
  readonly path: string;
  readonly snapshot: unknown;
  readonly events: unknown;
}

/** Compares two states of JSON values deeply, -0 and 0 apart. */
export function stateDifferences(snapshot: unknown, events: unknown, at: SettingPath = []): StateDifference[] {
  if (Object.is(snapshot, events)) return [];
  if (Array.isArray(snapshot) && Array.isArray(events)) {
    const length = Math.max(snapshot.length, events.length);
    const indices = Array.from({ length }, (_, index) => index);
    return indices.flatMap((index) => stateDifferences(snapshot[index], events[index], [...at, index]));
  }
  if (isObject(snapshot) && isObject(events)) {
    const keys = new Set([...Object.keys(snapshot), ...Object.keys(events)]);
    return [...keys].flatMap((key) => stateDifferences(snapshot[key], events[key], [...at, key]));
  }
  return [{ path: pathInWords(at), snapshot, events }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
