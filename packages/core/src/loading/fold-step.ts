import { UnknownEventError } from "../errors/unknown-event-error";
import { parseStoredType } from "../event-store/stored-type";
import type { AggregateModel, FoldStep } from "../model/aggregate-model";

/** The step of an event that is read and does not change the state. */
export const SKIPPED: FoldStep = { prototype: Object.prototype, apply: () => undefined, decode: undefined };

/**
 * Finds the step of an event that no `@apply` method folds: it is skipped, where its aggregate declares so.
 * @throws UnknownEventError where it does not.
 */
export function stepOfUnfolded(
  model: AggregateModel,
  { type, stream, position }: { readonly type: string; readonly stream: string; readonly position: number },
): FoldStep {
  const stored = parseStoredType(type);
  if (model.skipped.has(type) || (stored !== undefined && model.skipped.has(stored.name))) return SKIPPED;
  const knownVersion = versionOf(stored?.name, model);
  const unknown = { type, stream, position, aggregate: model.name };
  throw new UnknownEventError(knownVersion === undefined ? unknown : { ...unknown, knownVersion });
}

/** The present version of the event with that name; undefined where the code has no such event. */
function versionOf(name: string | undefined, { eventTypes }: AggregateModel): number | undefined {
  for (const { decoders, version } of eventTypes.values()) {
    for (const known of decoders.keys()) if (parseStoredType(known)?.name === name) return version;
  }
  return undefined;
}
