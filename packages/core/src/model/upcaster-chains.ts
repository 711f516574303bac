import type { Upcaster, UpcasterStep } from "../elements/upcaster";
import type { Class } from "../metadata/class-types";
import type { DeclaredElement, DeclaredElements, SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";
import { type StepRules, type VersionChain, versionChains } from "./version-chains";

const UPCASTERS: StepRules<Upcaster, UpcasterStep> = {
  noun: "an upcaster",
  version: "version",
  method: "upcast",
  parameter: "data",
  duplicate: "UPCASTER_DUPLICATE",
  unreachable: "UPCASTER_UNREACHABLE",
  make: (leads, upcaster) => ({ ...leads, upcaster }),
};

/** A gap near the end of a chain leaves many versions without an upcaster; so many are reported. */
const REPORTED_GAPS = 3;

/** Returns the upcasters of each event. From every version below the declared one, a chain must lead to it. */
export function upcasterChains(
  elements: DeclaredElements,
  report: Report,
): ReadonlyMap<Class, VersionChain<UpcasterStep>> {
  const eventOf = ({ options }: SoundElement<"upcaster">) => {
    const event = elements.referred("event", options.event);
    return event && { ...event, version: eventVersionOf(event) };
  };
  const chains = versionChains(elements.sound("upcaster"), eventOf, UPCASTERS, report);
  for (const event of elements.of("event")) {
    const declared = eventVersionOf(event);
    for (let [from, gaps] = [1, 0]; from < declared && gaps < REPORTED_GAPS; from++) {
      if (chains.get(event.type)?.has(from)) continue;
      gaps++;
      const fault = `declares version ${declared}, but no upcaster leads on from version ${from}`;
      report(`${event.name} ${fault}`, event.name, "UPCASTER_MISSING");
    }
  }
  return chains;
}

/** Returns the version that an event declares. */
export function eventVersionOf({ options }: DeclaredElement<"event">): number {
  return options.version ?? 1;
}
