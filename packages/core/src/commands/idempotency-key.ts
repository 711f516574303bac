import { ValidationError } from "../errors/validation-error";
import { streamOf } from "../event-store/stream-names";
import type { CommandModel } from "../model/command-model";
import { identifierFault } from "../schema/identifier";
import type { KeyedCommand } from "./command-records";
import { payloadHash } from "./payload-hash";

/**
 * The command with its idempotency key: the one it is processed with, else the one in the field that it declares for it.
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
