import { elementMarks } from "../metadata/element-mark";
import type { Fields } from "../schema/fields";
import { Message, type MessageClass, messageClass } from "./message";

/** The root of every event class: what `raise` takes. */
export abstract class DomainEventRoot extends Message {
  /**
   * Tells events from other objects. Only the compiler knows the property: no instance has it. It is no symbol, so that two copies
   * of this package have the same type, and that declaration files of applications can write it.
   */
  declare readonly "~event": true;
}

/**
 * Returns the class to extend for an event with these fields.
 *
 * ```ts
 * class DepositMade extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}
 * new DepositMade({ accountId: "acc-1", amount: 100 });   // frozen; ValidationError for a value that does not fit
 * ```
 *
 * @throws ConfigurationError for a field whose type cannot be stored.
 */
export function DomainEvent<S extends Fields>(fields: S): MessageClass<S, DomainEventRoot> {
  return messageClass(DomainEventRoot, fields);
}

/** Returns the advice about a deprecated event class as the end of a sentence; undefined for a class that may be raised. */
export function deprecation(event: object): string | undefined {
  for (const { kind, options } of elementMarks(event)) {
    if (kind !== "event" || !options.deprecated) continue;
    return typeof options.deprecated === "string" ? `: ${options.deprecated}` : "";
  }
  return undefined;
}
