import { parseStoredType, storedType } from "../event-store/stored-type";
import { factCategory } from "../event-store/stream-names";
import type { AggregateModel, FactType } from "./aggregate-model";
import type { NamePrefixes } from "./names";
import { elementName } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration } from "./registry";

/** How an aggregate's facts are stored; undefined for one that records none. Their version is that of its schema. */
export function factTypeOf(
  aggregate: Registration,
  category: string,
  schemaVersion: number,
  { types }: NamePrefixes,
): FactType | undefined {
  if (aggregate.options.factEvents !== true) return undefined;
  const type = storedType(`${types}${elementName(aggregate)}Fact`, schemaVersion);
  return { category: factCategory(category), type };
}

/** Whoever reads a type knows what it is: an event, or the facts of one aggregate. */
export function checkFactNames(models: readonly AggregateModel[], refuse: Refuse): void {
  const eventTypes = models.flatMap((model) => [...model.eventTypes.values()]);
  for (const { name, facts } of models) {
    if (facts === undefined) continue;
    const taken = parseStoredType(facts.type)?.name;
    const event = eventTypes.find(({ decoders }) =>
      [...decoders.keys()].some((type) => parseStoredType(type)?.name === taken),
    );
    if (event !== undefined)
      refuse(`${name} records facts as ${taken}, which is what the event ${event.shortName} is stored as`, {
        element: name,
      });
  }
}
