import type { OnOptions } from "../decorators/on";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { fieldKind } from "../schema/field-kind";
import { identifierFault } from "../schema/identifier";
import type { Schema } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";
import type { ConsumableEvent } from "./consumable-events";
import type { Reaction } from "./projection-model";

/**
 * Returns the function that finds the keys of the rows that an event concerns. Reports a field that the event lacks, or that holds
 * something other than text.
 *
 * @param key the option of the decorator.
 * @param projectionKey the field that is the key of the projection.
 */
export function rowKeys(
  key: OnOptions["key"],
  projectionKey: string,
  event: ConsumableEvent,
  place: string,
  report: (fault: string) => void,
): Reaction["keysOf"] {
  if (typeof key === "function") return keysByFunction(key, event.type.name, place);
  const { keys, fields } = event.shape;
  const field = key ?? projectionKey;
  if (!keys.includes(field)) {
    if (key !== undefined)
      report(`takes its key from the field "${field}", which ${event.type.name} lacks${didYouMean(field, keys)}`);
    return (_, aggregateId) => [aggregateId];
  }
  if (fieldKind(fields[field] as Schema).type !== "text")
    report(`takes its key from the field "${field}" of ${event.type.name}, which holds no text; give @on a key`);
  const name = `the field "${field}" of ${event.type.name}`;
  return (instance) => {
    const value = (instance as Readonly<Record<string, unknown>>)[field];
    const fault = identifierFault(value);
    if (fault !== undefined) throw noKey(place, name, value, fault);
    return [value as string];
  };
}

function keysByFunction(key: (event: never) => unknown, event: string, place: string): Reaction["keysOf"] {
  const name = `the key of ${event}`;
  return (instance) => {
    const given = key(instance as never);
    const keys: readonly unknown[] = Array.isArray(given) ? given : [given];
    for (const each of keys) {
      const fault = identifierFault(each);
      if (fault !== undefined) throw noKey(place, name, each, fault);
    }
    return (keys.length < 2 ? keys : [...new Set(keys)]) as readonly string[];
  };
}

function noKey(place: string, name: string, found: unknown, fault: string): IncorrectUsageError {
  return new IncorrectUsageError(
    `${place} cannot find its row: ${name} gives ${inWords(found)}, and ${fault}; give @on a key that gives one id or a list of ids`,
    { place, found },
  );
}
