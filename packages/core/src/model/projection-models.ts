import type { Class, Constructor } from "../metadata/class-types";
import type { MethodMark } from "../metadata/method-mark";
import type { AggregateModel } from "./aggregate-model";
import { addToEach, type ConsumableEvent, type ConsumableEvents } from "./consumable-events";
import type { DeclaredElements, SoundElement } from "./declared-elements";
import { bodyOf, marksOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";
import { checkDefaults } from "./field-rules";
import { keyField } from "./key-field";
import { projectedAggregate } from "./projected-aggregate";
import { projectionIndexes } from "./projection-indexes";
import type { ProjectionModel, Reaction } from "./projection-model";
import { pureInstance } from "./pure-instance";
import { checkOnOptions } from "./reaction-options";
import { rowKeys } from "./row-keys";

const ROWS = { key: "key", found: "its rows are found by", everywhere: "is in every row" };

/** The lane of what names none. */
export const DEFAULT_LANE = "default";

/** Prepares every projection with its methods. Reports what is wrong with them and between them. */
export function projectionModels(
  elements: DeclaredElements,
  aggregates: ReadonlyMap<Class, AggregateModel>,
  events: ConsumableEvents,
  report: Report,
): ReadonlyMap<Class, ProjectionModel> {
  const projectors = projectorsByProjection(elements, report);
  const models = elements.sound("projection").map((projection): ProjectionModel => {
    const { type, name, options } = projection;
    const projector = projectors.get(type);
    const aggregate = projectedAggregate(projection, aggregates, report);
    const isOfAggregate = "aggregate" in type;
    const key = isOfAggregate ? "id" : keyField(projection.type, ROWS, report);
    const byMethods = reactionsOf(projection, projector, key, events, report);
    if (isOfAggregate) refuseMethods(projection, projector, report);
    else checkReactions(projection, projector, byMethods, report);
    if (!isOfAggregate) checkFields(projection, report);
    return {
      type,
      name,
      version: options.version ?? 1,
      mode: options.mode ?? "async",
      lane: projector?.options.lane ?? options.lane ?? DEFAULT_LANE,
      onFailure: options.onFailure,
      shape: type.shape,
      key,
      indexes: projectionIndexes(projection, aggregate, report),
      reactions: isOfAggregate ? new Map() : byMethods.reactions,
      sources: aggregate === undefined ? byMethods.sources : [aggregate.model],
      ...(aggregate !== undefined && { aggregate }),
      ...(projector !== undefined && { projector: projector.type }),
    };
  });
  return new Map(models.map((model) => [model.type, model]));
}

/** The fields of a row hold values, and their defaults are the same each time. */
function checkFields({ type }: SoundElement<"projection">, report: Report): void {
  const { name, shape } = type;
  for (const field of shape.entityKeys)
    report(`${name} holds entities in "${field}": a row holds plain values and value objects`, name);
  checkDefaults(type, shape, shape.keys, report);
}

/** What the methods for a projection do. */
interface Reactions {
  readonly reactions: ReadonlyMap<string, readonly Reaction[]>;
  readonly sources: readonly AggregateModel[];
}

/** The projector of each projection. Reports a second one. */
function projectorsByProjection(
  elements: DeclaredElements,
  report: Report,
): ReadonlyMap<Class, SoundElement<"projector">> {
  const projectors = new Map<Class, SoundElement<"projector">>();
  for (const projector of elements.sound("projector")) {
    const projection = elements.referred("projection", projector.options.for);
    if (projection === undefined) continue;
    const other = projectors.get(projection.type);
    if (other === undefined) projectors.set(projection.type, projector);
    else {
      const fault = `has two projectors, ${other.type.name} and ${projector.type.name}; put their methods into one`;
      report(`${projection.name} ${fault}`, projection.type.name);
    }
  }
  return projectors;
}

function reactionsOf(
  { type }: SoundElement<"projection">,
  projector: SoundElement<"projector"> | undefined,
  key: string,
  events: ConsumableEvents,
  report: Report,
): Reactions {
  const reactions = new Map<string, Reaction[]>();
  const sources = new Set<AggregateModel>();
  const add = (owner: Class, mark: MethodMark, apply: Reaction["apply"]) => {
    const event = events.takenBy(owner, mark, report);
    if (event === undefined) return;
    addToEach(reactions, event, reactionOf(owner, mark, { event, key, apply }, report));
    sources.add(event.owner);
  };
  for (const mark of marksOf(type, "on")) add(type, mark, ownMethod(bodyOf(type, mark.method)));
  if (projector !== undefined) {
    const instance = pureInstance(projector.type as Constructor, "projector", report);
    for (const mark of marksOf(projector.type, "on"))
      add(projector.type, mark, projectorMethod(bodyOf(projector.type, mark.method), instance));
  }
  return { reactions, sources: [...sources] };
}

function reactionOf(
  type: Class,
  { method, options: written }: MethodMark,
  { event, key, apply }: { event: ConsumableEvent; key: string; apply: Reaction["apply"] },
  report: Report,
): Reaction {
  const place = placeOf(type, method);
  const { options, faults } = checkOnOptions(written);
  for (const fault of faults) report(`@on(${event.type.name}) on ${place} ${fault}`, type.name);
  if (options.creates === true && options.missing !== undefined)
    report(`@on(${event.type.name}) on ${place} creates the missing row and ignores the event; choose one`, type.name);
  return {
    place,
    event: event.type,
    creates: options.creates ?? false,
    missing: options.missing ?? "fail",
    keysOf: rowKeys(options.key, key, event, place, (fault) => report(`${place} ${fault}`, type.name)),
    apply,
  };
}

type Method = (this: object, ...parameters: readonly object[]) => unknown;

function ownMethod(body: unknown): Reaction["apply"] {
  const method = body as Method;
  return (row, event, context) => method.call(row, event, context);
}

function projectorMethod(body: unknown, instance: object): Reaction["apply"] {
  const method = body as Method;
  return (row, event, context) => method.call(instance, event, row, context);
}

function checkReactions(
  { type }: SoundElement<"projection">,
  projector: SoundElement<"projector"> | undefined,
  { reactions }: Reactions,
  report: Report,
): void {
  const { name } = type;
  const own = marksOf(type, "on");
  if (projector !== undefined && own.length > 0) {
    const fault = `has @on methods and the projector ${projector.type.name}; put all methods into one of the two`;
    report(`${name} ${fault}`, name);
  }
  if (projector === undefined && own.length === 0)
    report(`${name} has no methods: mark what events do to its rows with @on, or write a projector for it`, name);
  const creates = [...reactions.values()].flat().some((reaction) => reaction.creates);
  if (!creates && reactions.size > 0)
    report(`no event creates a row of ${name}: give one @on { creates: true }`, name, "PROJECTION_WITHOUT_ROWS");
}

function refuseMethods(
  { type }: SoundElement<"projection">,
  projector: SoundElement<"projector"> | undefined,
  report: Report,
): void {
  const reason = "the aggregate's own @apply methods fold its rows";
  for (const { method } of marksOf(type, "on"))
    report(
      `@on on ${placeOf(type, method)} does not belong in a class that extends ProjectionOf(…): ${reason}`,
      type.name,
    );
  if (projector !== undefined)
    report(`${projector.type.name} is for ${type.name}, which extends ProjectionOf(…): ${reason}`, projector.type.name);
}
