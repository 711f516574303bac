import { parseStoredType } from "../event-store/stored-type";
import type { EventType } from "./aggregate-model";
import { elementName } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration } from "./registry";

/** The stored types that an aggregate's `skipEvents` names; those of its own events cannot be among them. */
export function skippedTypes(
  aggregate: Registration,
  prefix: string,
  own: Iterable<EventType>,
  refuse: Refuse,
): ReadonlySet<string> {
  const { skipEvents } = aggregate.options;
  const entries = Array.isArray(skipEvents) ? skipEvents.filter((entry) => typeof entry === "string") : [];
  const types = new Set(entries.map((entry) => (entry.includes(".") ? entry : prefix + entry)));
  for (const { shortName, decoders } of own) {
    const skipped = [...decoders.keys()].find(
      (type) => types.has(type) || types.has(parseStoredType(type)?.name ?? type),
    );
    if (skipped === undefined) continue;
    const element = elementName(aggregate);
    refuse(`${element} skips ${skipped}, which it folds as its event ${shortName}`, { element });
  }
  return types;
}
