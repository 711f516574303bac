import type { UpcasterStep } from "../elements/upcaster";
import { parseStoredType, storedType } from "../event-store/stored-type";
import { factCategory } from "../event-store/stream-names";
import { decoding } from "../event-store/unreadable-event";
import { upcasting } from "../event-store/upcasting";
import type { AggregateModel, EventType, FactType } from "./aggregate-model";
import type { DeclaredElement, SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";
import { schemaVersionOf } from "./migration-chains";
import { twinsOf } from "./names";
import { eventVersionOf } from "./upcaster-chains";
import type { VersionChain } from "./version-chains";

/**
 * Returns how an event is stored, and how it is read under every type that it was ever stored as.
 * @param prefix of stored types: `Fidelis.`.
 */
export function eventTypeOf(
  event: SoundElement<"event">,
  prefix: string,
  chain: VersionChain<UpcasterStep> = new Map(),
): EventType {
  const { shape } = event.type;
  const [shortName, version] = [event.name, eventVersionOf(event)];
  const formerNames = event.options.formerly ?? [];
  const decoders = new Map<string, ((json: object) => object) | undefined>();
  const present = shape.needsDecoding ? decoding(shape, shortName) : undefined;
  for (const name of [shortName, ...formerNames]) {
    decoders.set(storedType(prefix + name, version), present);
    for (const from of chain.keys()) {
      const steps = stepsFrom(from, version, chain);
      if (steps !== undefined) decoders.set(storedType(prefix + name, from), upcasting(steps, shortName, shape));
    }
  }
  return { name: storedType(prefix + shortName, version), shortName, formerNames, version, shape, decoders };
}

/** Returns how an aggregate's facts are stored; undefined when it records none. Their version is that of its schema. */
export function factTypeOf(
  aggregate: DeclaredElement<"aggregate">,
  category: string,
  prefix: string,
): FactType | undefined {
  if (aggregate.options.factEvents !== true) return undefined;
  const type = storedType(`${prefix}${aggregate.name}Fact`, schemaVersionOf(aggregate));
  return { category: factCategory(category), type };
}

/** Returns the stored types that an aggregate skips. Reports those that are types of its own events. */
export function skippedTypes(
  { name, options: { skipEvents = [] } }: DeclaredElement<"aggregate">,
  prefix: string,
  own: Iterable<EventType>,
  report: Report,
): ReadonlySet<string> {
  const types = new Set(skipEvents.map((entry) => (entry.includes(".") ? entry : prefix + entry)));
  for (const { shortName, decoders } of own) {
    const skipped = [...decoders.keys()].find((type) => types.has(type) || types.has(nameOf(type)));
    if (skipped === undefined) continue;
    report(`${name} skips ${skipped}, which it folds as its event ${shortName}`, name);
  }
  return types;
}

/** Reports every name that would be stored for two things: each belongs to one event, or to the facts of one aggregate. */
export function checkStoredNames(models: readonly AggregateModel[], report: Report): void {
  const events = models.flatMap((model) => [...model.eventTypes.values()]);
  checkEventNames(events, report);
  for (const { name, facts } of models) {
    if (facts === undefined) continue;
    const taken = nameOf(facts.type);
    const event = events.find(({ decoders }) => [...decoders.keys()].some((type) => nameOf(type) === taken));
    if (event !== undefined)
      report(`${name} records facts as ${taken}, which is what the event ${event.shortName} is stored as`, name);
  }
}

function checkEventNames(events: readonly EventType[], report: Report): void {
  for (const twins of twinsOf(events, ({ shortName }) => shortName).values()) {
    const types = [...new Set(twins.map(({ name }) => name))].join(" and ");
    report(`${twins.length} events are stored as ${types}; give one another name`);
  }
  const taken = new Set(events.map(({ shortName }) => shortName));
  const former = events.flatMap(({ shortName, formerNames }) => formerNames.map((name) => ({ name, shortName })));
  for (const { name, shortName } of former) {
    if (name === shortName) report(`${shortName} was formerly ${name}, which is its name now`, shortName);
    else if (taken.has(name)) report(`${shortName} was formerly ${name}, which is another event's name`, shortName);
  }
  for (const [name, twins] of twinsOf(former, (each) => each.name))
    report(`${twins.map(({ shortName }) => shortName).join(" and ")} were both formerly ${name}`);
}

/** Returns all steps from a version to the present one; undefined when one is missing. */
function stepsFrom(from: number, version: number, chain: VersionChain<UpcasterStep>): UpcasterStep[] | undefined {
  const steps: UpcasterStep[] = [];
  for (let at = from; at !== version; ) {
    const step = chain.get(at);
    if (step === undefined) return undefined;
    steps.push(step);
    at = step.to;
  }
  return steps;
}

/** `Fidelis.DepositMade.v3` without its version. */
function nameOf(type: string): string {
  return parseStoredType(type)?.name ?? type;
}
