import type { Class, Constructor } from "../metadata/class-types";
import type { AggregateModel } from "./aggregate-model";
import { addToEach, type ConsumableEvents } from "./consumable-events";
import type { DeclaredElements } from "./declared-elements";
import { bodyOf, marksOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";
import type { SqlProjectorModel, StatementReaction } from "./projection-model";
import { DEFAULT_LANE } from "./projection-models";
import { pureInstance } from "./pure-instance";
import { checkMethodOptions } from "./reaction-options";

/** Prepares every SQL projector with its methods. Reports what is wrong with them. */
export function sqlProjectorModels(
  elements: DeclaredElements,
  events: ConsumableEvents,
  report: Report,
): readonly SqlProjectorModel[] {
  return elements.sound("sqlProjector").map(({ type, name, options }): SqlProjectorModel => {
    const instance = pureInstance(type as Constructor, "SQL projector", report);
    const reactions = new Map<string, StatementReaction[]>();
    const sources = new Set<AggregateModel>();
    for (const mark of marksOf(type, "on")) {
      const place = placeOf(type, mark.method);
      for (const fault of checkMethodOptions(mark.options, {}).faults)
        report(`@on on ${place} ${fault}; an SQL projector has no rows`, type.name);
      const event = events.takenBy(type, mark, report);
      if (event === undefined) continue;
      addToEach(reactions, event, {
        place,
        event: event.type,
        statements: statementsOf(bodyOf(type, mark.method), instance),
      });
      sources.add(event.owner);
    }
    const { tables = [], lane = DEFAULT_LANE, onFailure } = options;
    return { type: type as Class, name, lane, onFailure, tables, reactions, sources: [...sources] };
  });
}

function statementsOf(body: unknown, instance: object): StatementReaction["statements"] {
  const method = body as (this: object, event: object, context: object) => unknown;
  return (event, context) => method.call(instance, event, context);
}
