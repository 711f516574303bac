import type { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import type { Fields } from "../schema/fields";
import { checkParts } from "../schema/unsupported-parts";
import { Message, type MessageClass, messageClass } from "./message";

/** The root of every query class: what `dispatch` takes, and gives an `R` for. */
export abstract class QueryRoot<R = unknown> extends Message {
  /** Tells queries from other objects, and the declared result of one. Only the compiler knows the property: no instance has it. */
  declare readonly "~query": R;
  /** The schema of the result of its handler, where the query declares one. */
  declare static readonly returns: z.ZodType | undefined;
}

/** The class that `Query({…}, { returns })` returns. */
export interface ReturningQueryClass<S extends Fields, R extends z.ZodType>
  extends MessageClass<S, QueryRoot<z.output<R>>> {
  readonly returns: R;
}

/**
 * Returns the class to extend for a query with these fields: a question that `domain.dispatch` passes to its handler.
 *
 * `returns` is the schema of the handler's result: it types `dispatch` and `@read`, and the result is checked against it. Nothing is
 * filled in or converted.
 *
 * @throws ConfigurationError for a field whose type cannot be stored, and for a result whose schema cannot be checked.
 */
export function Query<S extends Fields>(fields: S): MessageClass<S, QueryRoot>;
export function Query<S extends Fields, R extends z.ZodType>(
  fields: S,
  options: { readonly returns: R },
): ReturningQueryClass<S, R>;
export function Query<S extends Fields>(
  fields: S,
  { returns }: { readonly returns?: z.ZodType } = {},
): MessageClass<S, QueryRoot> {
  const faults: string[] = [];
  if (returns !== undefined) checkParts(returns, (fault) => faults.push(`returns: ${fault}`));
  if (faults.length > 0) throw new ConfigurationError(faults, "a declared query");
  const message = messageClass(QueryRoot, fields);
  return Object.assign(message, { returns });
}
