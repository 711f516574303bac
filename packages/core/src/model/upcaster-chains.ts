import type { Upcaster, UpcasterStep } from "../elements/upcaster";
import type { Class } from "../metadata/class-types";
import type { DeclaredElement, DeclaredElements, SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";
import { reportDeadEnds, type StepRules, type VersionChain, versionChains } from "./version-chains";

const UPCASTERS: StepRules<Upcaster, UpcasterStep> = {
  noun: "upcaster",
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
  const steps = elements.sound("upcaster").filter(({ options }) => options.processManager === undefined);
  const eventOf = ({ options }: SoundElement<"upcaster">) => {
    const event = elements.referred("event", options.event);
    return event && { ...event, version: eventVersionOf(event) };
  };
  const chains = versionChains(steps, eventOf, UPCASTERS, report);
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

/**
 * Returns the upcasters of each process manager's state. A chain may start anywhere, because old instances may all have ended; it must end
 * at the declared version.
 */
export function processUpcasterChains(
  elements: DeclaredElements,
  report: Report,
): ReadonlyMap<Class, VersionChain<UpcasterStep>> {
  const steps = elements
    .sound("upcaster")
    .filter(({ options }) => options.processManager !== undefined && options.event === undefined);
  const versioned = (process: DeclaredElement<"processManager">) => {
    return { ...process, version: processVersionOf(process) };
  };
  const processOf = ({ options }: SoundElement<"upcaster">) => {
    const process = elements.referred("processManager", options.processManager);
    return process && versioned(process);
  };
  const rules = { ...UPCASTERS, parameter: "state" };
  const chains = versionChains(steps, processOf, rules, report);
  reportDeadEnds(elements.of("processManager").map(versioned), chains, rules, report);
  return chains;
}

/** Returns the version of its state that a process manager declares. */
export function processVersionOf({ options }: DeclaredElement<"processManager">): number {
  return options.version ?? 1;
}

/** Returns the version that an event declares. */
export function eventVersionOf({ options }: DeclaredElement<"event">): number {
  return options.version ?? 1;
}
