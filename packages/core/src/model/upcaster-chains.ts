import type { Upcaster, UpcasterStep } from "../elements/upcaster";
import type { Class } from "../metadata/class-types";
import { didYouMean } from "../wording/did-you-mean";
import { elementName } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";
import { type VersionStepWords, versionStep } from "./version-step";

const WORDS: VersionStepWords = {
  method: "upcast",
  parameter: "data",
  leads: "upcasts from version",
  noun: "an upcaster",
  noWait: "a load waits for no upcaster",
  unreachable: "UPCASTER_UNREACHABLE",
};

type Chain = ReadonlyMap<number, UpcasterStep>;

/** Each event's upcasters by the version they start from. From every version below the declared one a chain leads to it. */
export function upcasterChains(registry: Registry, refuse: Refuse): ReadonlyMap<Class, Chain> {
  const chains = new Map<Class, Map<number, UpcasterStep>>();
  for (const registration of registry.of("upcaster")) {
    const event = eventOf(registration, registry, refuse);
    const step = versionStep<Upcaster>(registration, WORDS, refuse);
    if (event === undefined || step === undefined) continue;
    const { from, to, name, instance } = step;
    const chain = chains.get(event.type) ?? new Map<number, UpcasterStep>();
    chains.set(event.type, chain);
    const twin = chain.get(from);
    if (twin === undefined) {
      chain.set(from, { to, name, upcaster: instance });
    } else {
      const fault = `${name} and ${twin.name} both upcast ${elementName(event)} from version ${from}`;
      refuse(fault, { code: "UPCASTER_DUPLICATE", element: name });
    }
  }
  for (const event of registry.of("event")) checkChain(event, chains.get(event.type) ?? new Map(), refuse);
  return chains;
}

export function declaredEventVersion({ options: { version } }: Registration): number {
  return Number.isInteger(version) && (version as number) >= 1 ? (version as number) : 1;
}

function eventOf(upcaster: Registration, registry: Registry, refuse: Refuse): Registration | undefined {
  const asked = upcaster.options.event;
  if (asked === undefined) return undefined;
  const events = registry.of("event");
  const found = events.find((event) => asked === event.type || asked === elementName(event));
  if (found !== undefined) return found;
  const name = typeof asked === "function" ? asked.name : String(asked);
  const shown = typeof asked === "function" ? name : JSON.stringify(asked);
  const hint = didYouMean(name, events.map(elementName));
  refuse(`${upcaster.type.name} upcasts ${shown}, which is not a registered event${hint}`, {
    code: "UPCASTER_UNREACHABLE",
    element: upcaster.type.name,
  });
  return undefined;
}

/** Faults of a chain are many when it has one gap near its end; so many are told. */
const GAPS_TOLD = 3;

function checkChain(event: Registration, chain: Chain, refuse: Refuse): void {
  const [name, declared] = [elementName(event), declaredEventVersion(event)];
  for (const step of chain.values()) {
    if (step.to <= declared) continue;
    const fault = `${step.name} upcasts ${name} to version ${step.to}, but ${name} declares version ${declared}`;
    refuse(fault, { code: "UPCASTER_UNREACHABLE", element: step.name });
  }
  for (let [from, gaps] = [1, 0]; from < declared && gaps < GAPS_TOLD; from++) {
    if (chain.has(from)) continue;
    gaps++;
    const fault = `${name} declares version ${declared}, but no upcaster leads on from version ${from}`;
    refuse(fault, { code: "UPCASTER_MISSING", element: name });
  }
}
