import type { DomainEventRoot } from "../elements/domain-event";
import type { UpcasterStep } from "../elements/upcaster";
import { storedType } from "../event-store/stored-type";
import { decoding } from "../event-store/unreadable-event";
import { upcasting } from "../event-store/upcasting";
import type { EventType } from "./aggregate-model";
import { elementName } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration } from "./registry";
import { twinsOf } from "./twins";
import { declaredEventVersion } from "./upcaster-chains";

/** How a registered event is stored, and how everything is read that it was ever stored as. */
export function eventTypeOf(event: Registration, prefix: string, chain: ReadonlyMap<number, UpcasterStep>): EventType {
  const { shape } = event.type as unknown as typeof DomainEventRoot;
  const [shortName, formerNames, version] = [elementName(event), formerNamesOf(event), declaredEventVersion(event)];
  const decoders = new Map<string, ((json: object) => object) | undefined>();
  const present = shape?.needsDecoding ? decoding(shape, shortName) : undefined;
  for (const name of [shortName, ...formerNames]) {
    decoders.set(storedType(prefix + name, version), present);
    for (const from of chain.keys()) {
      const steps = stepsFrom(from, version, chain);
      if (steps !== undefined) decoders.set(storedType(prefix + name, from), upcasting(steps, shortName, shape));
    }
  }
  return { name: storedType(prefix + shortName, version), shortName, formerNames, version, shape, decoders };
}

/** No two events go by one name, be it a former one: a stored type is one event's. */
export function checkEventNames(types: readonly EventType[], refuse: Refuse): void {
  for (const [, twins] of twinsOf(types, ({ shortName }) => shortName))
    refuse(`${twins.length} events are stored as ${inWords(twins)}; give one another name`);
  const taken = new Set(types.map(({ shortName }) => shortName));
  const former = types.flatMap(({ shortName, formerNames }) => formerNames.map((name) => ({ name, shortName })));
  for (const { name, shortName } of former) {
    const subject = { element: shortName };
    if (name === shortName) refuse(`${shortName} was formerly ${name}, which is its name now`, subject);
    else if (taken.has(name)) refuse(`${shortName} was formerly ${name}, which is another event's name`, subject);
  }
  for (const [name, twins] of twinsOf(former, (each) => each.name))
    refuse(`${twins.map(({ shortName }) => shortName).join(" and ")} were both formerly ${name}`);
}

function inWords(twins: readonly EventType[]): string {
  return [...new Set(twins.map(({ name }) => name))].join(" and ");
}

/** The whole way from a version to the present one; undefined where it breaks off. */
function stepsFrom(
  from: number,
  version: number,
  chain: ReadonlyMap<number, UpcasterStep>,
): UpcasterStep[] | undefined {
  const steps: UpcasterStep[] = [];
  for (let at = from; at !== version; ) {
    const step = chain.get(at);
    if (step === undefined) return undefined;
    steps.push(step);
    at = step.to;
  }
  return steps;
}

function formerNamesOf({ options: { formerly } }: Registration): readonly string[] {
  return Array.isArray(formerly) ? (formerly as readonly string[]) : [];
}
