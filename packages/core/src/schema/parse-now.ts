import { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { isAsyncError, nodeOf, type Schema } from "./zod-tree";

/**
 * Parses a value by a schema, synchronously.
 *
 * @param schema that of an object, or of one field.
 * @param subject the class of the value, for the error.
 * @throws ConfigurationError for a schema with a refinement or a transform that returns a promise, with the name of its field.
 */
export function parseNow<S extends Schema>(
  schema: S,
  value: unknown,
  subject: string,
): z.ZodSafeParseResult<z.output<S>> {
  try {
    return z.safeParse(schema, value);
  } catch (error) {
    if (!isAsyncError(error)) throw error;
    const field = asyncField(schema, value);
    const place = field === undefined ? subject : `field ${JSON.stringify(field)} of ${subject}`;
    throw new ConfigurationError(`${place}: a refinement or transform of it returns a promise; ${ASYNC_ADVICE}`);
  }
}

/** The end of a sentence about something async in a shape. */
export const ASYNC_ADVICE =
  "values are checked synchronously, so make it synchronous, or check in a handler before the value is used";

function asyncField(schema: Schema, value: unknown): string | undefined {
  const node = nodeOf(schema);
  if (node.kind !== "object") return undefined;
  const values = value as Readonly<Record<string, unknown>> | undefined;
  return Object.entries(node.fields).find(([key, field]) => waits(field, values?.[key]))?.[0];
}

function waits(field: Schema, value: unknown): boolean {
  try {
    z.safeParse(field, value);
    return false;
  } catch (error) {
    return isAsyncError(error);
  }
}
