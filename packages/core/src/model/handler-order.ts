import type { EventHandlerOptions } from "../decorators/options";
import { anyEvent } from "../elements/any-event";
import { fieldKind } from "../schema/field-kind";
import type { Schema } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import type { ConsumableEvent } from "./consumable-events";
import type { EventHandlerModel } from "./event-handler-model";

/**
 * Prepares what the events of a handler are kept in order by. Reports a field that one of its events lacks, or that has parts.
 * @param report takes the end of a sentence that begins with the handler.
 */
export function handlerOrder(
  option: EventHandlerOptions["sequentialBy"],
  events: Iterable<ConsumableEvent | typeof anyEvent>,
  report: (fault: string) => void,
): EventHandlerModel["sequentialBy"] {
  if (option === undefined) return "stream";
  if (typeof option === "function" || option === "all") return option as EventHandlerModel["sequentialBy"];
  for (const event of events) {
    const fault = fieldFault(option, event);
    if (fault !== undefined) report(`has a bad option "sequentialBy": ${fault}`);
  }
  return (event) => {
    const value = (event as Readonly<Record<string, unknown>>)[option];
    if (value === undefined || value === null) return undefined;
    return value instanceof Date ? value.toISOString() : String(value);
  };
}

function fieldFault(field: string, event: ConsumableEvent | typeof anyEvent): string | undefined {
  if (event === anyEvent)
    return `it names the field "${field}", and the handler takes every event; give a function or "all"`;
  const {
    shape: { keys, fields },
    type: { name },
  } = event as ConsumableEvent;
  if (!keys.includes(field)) return `it names the field "${field}", which ${name} lacks${didYouMean(field, keys)}`;
  if (fieldKind(fields[field] as Schema).type === "json")
    return `it names the field "${field}" of ${name}, which holds no single value; give a function`;
  return undefined;
}
