import type { z } from "zod";

import { Message, type MessageClass, messageClass } from "./message";

/** The root of every event class. */
export abstract class DomainEventRoot extends Message {}

/**
 * The class to extend for an event with these fields.
 *
 * ```ts
 * class DepositMade extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}
 * new DepositMade({ accountId: "acc-1", amount: 100 });   // frozen; ValidationError when a value does not fit
 * ```
 *
 * @throws ConfigurationError when a field's type cannot be stored.
 */
export function DomainEvent<S extends z.ZodRawShape>(fields: S): MessageClass<S> {
  return messageClass(DomainEventRoot, fields);
}
