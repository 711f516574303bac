import { createHash } from "node:crypto";

import type { CommandResult } from "../elements/command-result";
import { ValidationError } from "../errors/validation-error";
import { streamOf } from "../event-store/stream-names";
import type { CommandModel } from "../model/command-model";
import type { StreamRef } from "../ports/stored-message";
import { identifierFault } from "../schema/identifier";
import type { Shape } from "../schema/shape";

/** A command with an idempotency key. */
export interface KeyedCommand {
  readonly type: string;
  readonly key: string;
  /** The stream of its record. */
  readonly stream: StreamRef;
  /** A hash of what the command holds: the same for two commands with the same values, in whatever order of keys. */
  readonly payload: string;
  readonly result: CommandResult;
}

/**
 * Finds a command's idempotency key: the one it is processed with, else the one in the field that it declares for it.
 * @returns undefined where it has none.
 * @throws ValidationError for a key that no store could keep.
 */
export function keyedCommand(
  model: CommandModel,
  command: object,
  given: string | undefined,
): KeyedCommand | undefined {
  const { name: type, keyField, result } = model;
  const key = given ?? (keyField && (command as Readonly<Record<string, string | undefined>>)[keyField]);
  if (key === undefined) return undefined;
  const fault = identifierFault(key);
  if (fault !== undefined) throw new ValidationError({ idempotencyKey: [fault] }, type);
  return { type, key, stream: streamOf(model.recordCategory, key), payload: payloadHash(command, model.shape), result };
}

function payloadHash(command: object, shape: Shape): string {
  const json = JSON.stringify(shape.encode({ ...command }), (_key, value: unknown) => inOrder(value));
  return createHash("sha256").update(json).digest("hex");
}

function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
