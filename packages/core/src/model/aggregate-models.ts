import { newLife } from "../elements/aggregate-life";
import { AggregateRoot, born } from "../elements/aggregate-root";
import { foldsOf } from "../elements/fold-table";
import { isOpenClass } from "../elements/open-classes";
import { snapshotCategory } from "../event-store/stream-names";
import type { Class, Constructor } from "../metadata/class-types";
import { reasonOf } from "../wording/in-words";
import { twinHint } from "../wording/twin-class";
import type { AggregateModel, EventType, FoldStep } from "./aggregate-model";
import { aggregateStorage } from "./aggregate-storages";
import type { DeclaredElement, DeclaredElements, SoundElement } from "./declared-elements";
import { bodyOf, messageOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";
import { checkDefaults, checkInitialisers, checkStateFields } from "./field-rules";
import { migrationChains, schemaVersionOf } from "./migration-chains";
import { categoryOf, type NamePrefixes, twinsOf } from "./names";
import { writtenPrivateField } from "./private-writes";
import { checkStoredNames, eventTypeOf, factTypeOf, skippedTypes } from "./stored-types";
import { upcasterChains } from "./upcaster-chains";

/** Prepares every aggregate with its events. Reports what is wrong with them and between them. */
export function aggregateModels(
  elements: DeclaredElements,
  prefixes: NamePrefixes,
  report: Report,
): ReadonlyMap<Class, AggregateModel> {
  const migrations = migrationChains(elements, report);
  const upcasters = upcasterChains(elements, report);
  const events = eventsByAggregate(elements);
  const models = elements.sound("aggregate").map((aggregate): AggregateModel => {
    const { type, name } = aggregate;
    const eventTypes = new Map<Class, EventType>();
    for (const event of events.get(type) ?? [])
      if (elements.isSound(event))
        eventTypes.set(event.type, eventTypeOf(event, prefixes.types, upcasters.get(event.type)));
    const category = categoryOf(name, prefixes);
    checkState(aggregate, report);
    return {
      type,
      name,
      shape: type.shape,
      storage: aggregateStorage(aggregate, report),
      category,
      snapshotCategory: snapshotCategory(category),
      schemaVersion: schemaVersionOf(aggregate),
      fingerprint: type.shape.fingerprint,
      migrations: migrations.get(type) ?? new Map(),
      eventTypes,
      folds: foldSteps(type, eventTypes),
      facts: factTypeOf(aggregate, category, prefixes.types),
      skipped: skippedTypes(aggregate, prefixes.types, eventTypes.values(), report),
    };
  });
  for (const aggregate of elements.of("aggregate")) {
    const own = events.get(aggregate.type) ?? [];
    const folded = checkFolds(aggregate, own, elements, report);
    if (!isOpenClass(aggregate.type)) checkAllFolded(aggregate.type, own, folded, report);
  }
  for (const [category, twins] of twinsOf(models, (model) => model.category))
    report(`${twins.map(({ name }) => name).join(" and ")} share the streams ${category}-…; give one another name`);
  checkStoredNames(models, report);
  return new Map(models.map((model) => [model.type, model]));
}

/** Returns the events that are part of each aggregate. */
function eventsByAggregate(elements: DeclaredElements): ReadonlyMap<Class, readonly DeclaredElement<"event">[]> {
  const events = new Map<Class, DeclaredElement<"event">[]>();
  for (const event of elements.of("event")) {
    const owner = elements.referred("aggregate", event.options.partOf)?.type;
    if (owner === undefined) continue;
    const owned = events.get(owner);
    if (owned === undefined) events.set(owner, [event]);
    else owned.push(event);
  }
  return events;
}

/** A field that only the class declares would be missing from every snapshot. */
function checkState({ type }: SoundElement<"aggregate">, report: Report): void {
  const { shape } = type;
  const instance = firstInstance(type, report);
  if (instance === undefined) return;
  const open = isOpenClass(type);
  const advice = open ? "assign it in the method that makes the aggregate" : undefined;
  checkDefaults(type, shape, shape.keys, report, advice);
  checkStateFields(type, instance, report);
  checkInitialisers(type, shape, () => born(type, newLife("field-check")), report, advice);
  if (open) checkOpenMethods(type, report);
}

function firstInstance(type: Constructor<AggregateRoot>, report: Report): AggregateRoot | undefined {
  try {
    return born(type, newLife("field-check"));
  } catch (error) {
    const reason = reasonOf(error);
    report(`${type.name} cannot be made without arguments: ${reason}`, type.name);
    return undefined;
  }
}

/**
 * Returns how each event is folded, under every type that it was ever stored as. One without `@apply` method, as aggregates that are stored
 * as their state may have, changes nothing.
 */
function foldSteps(type: Class<AggregateRoot>, eventTypes: ReadonlyMap<Class, EventType>): AggregateModel["folds"] {
  const steps = new Map<string, FoldStep>();
  for (const [{ prototype }, { decoders }] of eventTypes)
    for (const [stored, decode] of decoders)
      steps.set(stored, { prototype: prototype as object, decode, apply: () => undefined });
  for (const { method, event } of foldsOf(type)) {
    if (event === undefined) continue;
    const apply = bodyOf(type, method) as FoldStep["apply"];
    for (const [stored, decode] of eventTypes.get(event)?.decoders ?? [])
      steps.set(stored, { prototype: event.prototype as object, decode, apply });
  }
  return steps;
}

/** Each event of an aggregate whose state is folded needs an `@apply` method. */
function checkAllFolded(
  { name: aggregate }: Class,
  events: readonly DeclaredElement<"event">[],
  folded: ReadonlySet<Class>,
  report: Report,
): void {
  for (const { type } of events)
    if (!folded.has(type))
      report(`${aggregate} has no @apply method for its event ${type.name}`, type.name, "EVENT_WITHOUT_APPLY");
}

/**
 * Checks the `@apply` methods of an aggregate: each is for an event of its own, and an event has one.
 * @returns the events that have one.
 */
function checkFolds(
  { type }: DeclaredElement<"aggregate">,
  events: readonly DeclaredElement<"event">[],
  elements: DeclaredElements,
  report: Report,
): ReadonlySet<Class> {
  const own = new Set(events.map((event) => event.type));
  const methods = new Map<Class, string>();
  for (const { method, event: written } of foldsOf(type)) {
    const event = messageOf(type, { kind: "apply", method, message: written }, "event", report);
    if (event === undefined) continue;
    const earlier = methods.get(event);
    if (!own.has(event)) {
      const owner = ownerOf(event, elements) ?? `not a registered event of ${type.name}`;
      const twins = twinHint(
        event.name,
        [...own].map((one) => one.name),
      );
      const fault = `applies ${event.name}, which is ${owner}${twins}`;
      report(`${placeOf(type, method)} ${fault}`, type.name);
    } else if (earlier !== undefined) {
      report(`${type.name} applies ${event.name} twice, in ${earlier} and in ${String(method)}`, type.name);
    }
    if (earlier === undefined && !isOpenClass(type)) checkPrivateWrites(type, method, "no snapshot", report);
    methods.set(event, String(method));
  }
  return new Set(methods.keys());
}

/** Any method of an open aggregate changes its state. Getters are left out: one that writes a private field keeps what it has worked out. */
function checkOpenMethods(type: Class, report: Report): void {
  for (let owner = type.prototype as object; owner !== AggregateRoot.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const [method, { get }] of Object.entries(Object.getOwnPropertyDescriptors(owner)))
      if (method !== "constructor" && get === undefined) checkPrivateWrites(type, method, "no row", report);
  }
}

/** @param store what lacks private fields: `no snapshot`. */
function checkPrivateWrites(type: Class, method: string | symbol, store: string, report: Report): void {
  const unseen = writtenPrivateField(bodyOf(type, method), type.name);
  if (unseen === undefined) return;
  const fault = `writes the private field ${unseen}, which ${store} can hold; declare it in Aggregate({…})`;
  report(`${placeOf(type, method)} ${fault}`, type.name);
}

/** Returns of which aggregate an event is part, with advice; undefined where it is registered with none. */
function ownerOf(event: Class, elements: DeclaredElements): string | undefined {
  const declared = elements.of("event").find(({ type }) => type === event);
  const owner = declared && elements.referred("aggregate", declared.options.partOf);
  return owner && `part of ${owner.name}: an event is part of one aggregate, so declare an event for each`;
}
