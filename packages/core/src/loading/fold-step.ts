import { UnknownEventError } from "../errors/unknown-event-error";
import { parseStoredType } from "../event-store/stored-type";
import type { AggregateModel, FoldStep } from "../model/aggregate-model";

/** For an event that is read and leaves no trace in the state. */
export const SKIPPED: FoldStep = { prototype: Object.prototype, apply: () => undefined, decode: undefined };

/**
 * What a replay does with an event that no `@apply` method folds: leaves it out, where its aggregate says so.
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

/** The version in which the code has the event of that name; undefined where it has none. */
function versionOf(name: string | undefined, { eventTypes }: AggregateModel): number | undefined {
  for (const { decoders, version } of eventTypes.values()) {
    for (const known of decoders.keys()) if (parseStoredType(known)?.name === name) return version;
  }
  return undefined;
}
