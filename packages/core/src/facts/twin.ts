import { claimEntities } from "../elements/aggregate-entities";
import { newLife, whileFolding } from "../elements/aggregate-life";
import { type AggregateRoot, born, lifeOf } from "../elements/aggregate-root";
import { fold } from "../loading/fold";
import type { AggregateModel } from "../model/aggregate-model";
import type { AppendRequest } from "../ports/event-log";
import { thawed } from "../schema/copying";

/** The twins of the loaded aggregates whose saves are recorded as facts. */
const twins = new WeakMap<AggregateRoot, AggregateRoot>();

/** Keeps a copy of an aggregate as it was loaded. To be called before any other code has the aggregate in hand. */
export function keepTwin<A extends AggregateRoot>(aggregate: A, model: AggregateModel<A>): void {
  const twin = born(model.type, newLife(aggregate.id));
  whileFolding(lifeOf(aggregate), () => {
    lifeOf(twin).state = model.shape.keys.map((key) => thawed((aggregate as Record<string, unknown>)[key]));
  });
  claimEntities(twin, lifeOf(twin), model.shape);
  lifeOf(twin).version = aggregate.version;
  twins.set(aggregate, twin);
}

/**
 * Folds the events of a save into the aggregate's twin, as a replay will fold them. The twin holds what events carry and
 * nothing else, whatever was assigned to the aggregate itself. Events that an earlier attempt to save has folded are left out.
 *
 * @returns the twin, with the state after the save.
 */
export function twinAfter(
  aggregate: AggregateRoot,
  { stream, messages }: AppendRequest,
  model: AggregateModel,
): AggregateRoot {
  const twin = twins.get(aggregate) ?? born(model.type, newLife(aggregate.id));
  twins.set(aggregate, twin);
  const firstPosition = twin.version + 1;
  const next = messages.slice(firstPosition - (aggregate.version - messages.length + 1));
  fold(twin, model, { stream, firstPosition, events: next.flatMap(({ type, data }) => [type, JSON.parse(data)]) });
  return twin;
}
