import type { AggregateRoot } from "../elements/aggregate-root";
import { type Fold, foldsOf } from "../elements/fold-table";
import type { MigrationStep } from "../elements/snapshot-migration";
import { snapshotCategory } from "../event-store/stream-names";
import type { Class, Constructor } from "../metadata/class-types";
import { emittedParameter, methodMarks } from "../metadata/method-mark";
import type { AggregateModel, EventType, FoldStep } from "./aggregate-model";
import { clockDefaults } from "./clock-defaults";
import { checkEventNames, eventTypeOf } from "./event-types";
import { checkFactNames, factTypeOf } from "./fact-types";
import { declaredSchemaVersion, migrationChains } from "./migration-chains";
import { type NamePrefixes, snakeCase } from "./names";
import { elementName, ownerOf } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";
import { skippedTypes } from "./skipped-events";
import { twinsOf } from "./twins";
import { upcasterChains } from "./upcaster-chains";

/** Prepares every registered aggregate with its events, and tells what is wrong between them. */
export function aggregateModels(
  registry: Registry,
  prefixes: NamePrefixes,
  refuse: Refuse,
): ReadonlyMap<Class, AggregateModel> {
  const events = registry.of("event").map((event) => ({ event, owner: ownerOf(event, registry, refuse) }));
  const chains = migrationChains(registry, refuse);
  const upcasters = upcasterChains(registry, refuse);
  const models = new Map<Class, AggregateModel>();
  for (const aggregate of registry.of("aggregate")) {
    const own = events.filter(({ owner }) => owner === aggregate.type).map(({ event }) => event);
    const migrations = chains.get(aggregate.type) ?? new Map<number, MigrationStep>();
    models.set(aggregate.type, { ...aggregateModel(aggregate, own, prefixes, upcasters, refuse), migrations });
  }
  for (const [category, twins] of twinsOf([...models.values()], (model) => model.category))
    refuse(`${twins.map(({ name }) => name).join(" and ")} share the streams ${category}-…; give one another name`);
  const eventTypes = [...models.values()].flatMap((model) => [...model.eventTypes.values()]);
  checkEventNames(eventTypes, refuse);
  checkFactNames([...models.values()], refuse);
  return models;
}

function aggregateModel(
  aggregate: Registration,
  events: readonly Registration[],
  prefixes: NamePrefixes,
  upcasters: ReturnType<typeof upcasterChains>,
  refuse: Refuse,
): Omit<AggregateModel, "migrations"> {
  const type = aggregate.type as Constructor<AggregateRoot> & { shape?: AggregateModel["shape"] };
  const category = prefixes.streams + snakeCase(elementName(aggregate));
  const eventTypes = new Map<Class, EventType>();
  for (const event of events)
    eventTypes.set(event.type, eventTypeOf(event, prefixes.types, upcasters.get(event.type) ?? new Map()));
  for (const fault of type.shape === undefined ? [] : clockDefaults(type.shape))
    refuse(`${type.name} ${fault}`, { element: type.name });
  checkMethods(type, refuse);
  return {
    type,
    name: elementName(aggregate),
    shape: type.shape as AggregateModel["shape"],
    category,
    snapshotCategory: snapshotCategory(category),
    schemaVersion: declaredSchemaVersion(aggregate),
    fingerprint: type.shape?.fingerprint ?? "",
    eventTypes,
    folds: foldSteps(type, eventTypes, refuse),
    facts: factTypeOf(aggregate, category, declaredSchemaVersion(aggregate), prefixes),
    skipped: skippedTypes(aggregate, prefixes.types, eventTypes.values(), refuse),
  };
}

function foldSteps(
  type: Class<AggregateRoot>,
  eventTypes: ReadonlyMap<Class, EventType>,
  refuse: Refuse,
): ReadonlyMap<string, FoldStep> {
  const steps = new Map<string, FoldStep>();
  const folded = new Map<Class, string>();
  const element = type.name;
  for (const fold of foldsOf(type)) {
    const method = String(fold.method);
    const event = checkedEvent(type, fold, refuse);
    const eventType = event === undefined ? undefined : eventTypes.get(event);
    if (event === undefined) continue;
    if (eventType === undefined)
      refuse(`${type.name}.${method} applies ${event.name}, which is not a registered event of ${type.name}`, {
        element,
      });
    else if (folded.has(event))
      refuse(`${type.name} applies ${event.name} twice, in ${folded.get(event)} and in ${method}`, { element });
    else
      for (const [stored, decode] of eventType.decoders) steps.set(stored, { ...foldStep(type, event, fold), decode });
    folded.set(event, method);
  }
  for (const event of eventTypes.keys()) {
    if (folded.has(event)) continue;
    const fault = `${type.name} has no @apply method for its event ${event.name}`;
    refuse(fault, { code: "EVENT_WITHOUT_APPLY", element: event.name });
  }
  return steps;
}

function foldStep(type: Class<AggregateRoot>, event: Class, { method }: Fold): Omit<FoldStep, "decode"> {
  return {
    prototype: event.prototype as object,
    apply: (type.prototype as unknown as Record<string | symbol, FoldStep["apply"]>)[method] as FoldStep["apply"],
  };
}

/** The event that an `@apply` method folds, by its decorator and by its parameter's emitted type, which must agree. */
function checkedEvent(type: Class, { method, event }: Fold, refuse: Refuse): Class | undefined {
  const place = `${type.name}.${String(method)}`;
  const emitted = emittedParameter(type, method);
  if (event === undefined) {
    refuse(
      `@apply on ${place} does not know its event: write @apply(TheEvent), since the compiler emitted no class for the parameter`,
      { element: type.name },
    );
  } else if (
    typeof emitted === "function" &&
    emitted !== Object &&
    emitted !== event &&
    !(event.prototype instanceof emitted)
  ) {
    refuse(`@apply(${event.name}) on ${place} disagrees with its parameter, which is of class ${emitted.name}`, {
      element: type.name,
    });
  }
  return event;
}

function checkMethods(type: Class, refuse: Refuse): void {
  const element = type.name;
  for (const { kind, method, fault } of methodMarks(type)) {
    const place = `@${kind} on ${element}.${String(method)}`;
    const body: unknown = (type.prototype as Record<string | symbol, unknown>)[method];
    if (fault !== undefined) refuse(`${place} ${fault}`, { element });
    else if (kind === "handle") refuse(`${place}: commands are handled by a @commandHandler class`, { element });
    else if (kind === "useCase") refuse(`${place}: use cases belong on an @applicationService class`, { element });
    else if (body?.constructor.name === "AsyncFunction")
      refuse(`${place} is async: folding and checking state waits for nothing`, { element });
  }
}
