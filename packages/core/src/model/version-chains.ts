import type { Class } from "../metadata/class-types";
import { withArticle } from "../wording/alternatives";
import { reasonOf } from "../wording/in-words";
import type { SoundElement } from "./declared-elements";
import { bodyOf, isAsync } from "./decorated-methods";
import type { DomainProblemCode, Report } from "./domain-problem";

/** The steps to later versions of one class, by the version that each starts from. */
export type VersionChain<Step> = ReadonlyMap<number, Step>;

/** What the classes of one kind of step have in common. */
export interface StepRules<Instance, Step> {
  /** A step in a sentence: `migration`. */
  readonly noun: string;
  /** What it counts: `schema version`. */
  readonly version: string;
  /** Its method, which is its verb as well: `migrate`. */
  readonly method: string;
  readonly parameter: string;
  readonly duplicate: DomainProblemCode;
  readonly unreachable: DomainProblemCode;
  make(leads: { readonly to: number; readonly name: string }, instance: Instance): Step;
}

/** The class whose versions a step leads through, with the version that it declares. */
interface VersionedClass {
  readonly type: Class;
  readonly name: string;
  readonly version: number;
}

type DeclaredStep = SoundElement<"snapshotMigration"> | SoundElement<"upcaster">;

/**
 * Arranges steps into one chain for each class that they lead through. Reports steps that cannot run, two that start from one version,
 * and those that lead backwards or beyond the declared version.
 *
 * @param classOf finds the class that a step leads through. A step without one is left out.
 */
export function versionChains<Declared extends DeclaredStep, Instance, Step extends { readonly name: string }>(
  steps: readonly Declared[],
  classOf: (step: Declared) => VersionedClass | undefined,
  rules: StepRules<Instance, Step>,
  report: Report,
): ReadonlyMap<Class, VersionChain<Step>> {
  const { method, version, duplicate, unreachable } = rules;
  const chains = new Map<Class, Map<number, Step>>();
  for (const declared of steps) {
    const target = classOf(declared);
    const made = stepOf(declared, rules, report);
    if (target === undefined || made === undefined) continue;
    const { from, to, step } = made;
    const chain = chains.get(target.type) ?? new Map<number, Step>();
    chains.set(target.type, chain);
    const twin = chain.get(from);
    if (twin !== undefined) {
      const fault = `both ${method} ${target.name} from ${version} ${from}`;
      report(`${step.name} and ${twin.name} ${fault}`, step.name, duplicate);
      continue;
    }
    chain.set(from, step);
    if (to > target.version) {
      const declares = `${target.name} declares ${version} ${target.version}`;
      report(`${step.name} ${method}s ${target.name} to ${version} ${to}, but ${declares}`, step.name, unreachable);
    }
  }
  return chains;
}

/** Reports the steps to a version below the declared one from which no other step leads on. */
export function reportDeadEnds<Step extends { readonly to: number; readonly name: string }>(
  targets: Iterable<VersionedClass>,
  chains: ReadonlyMap<Class, VersionChain<Step>>,
  { noun, version, method, unreachable }: StepRules<never, Step>,
  report: Report,
): void {
  for (const target of targets) {
    const chain: VersionChain<Step> = chains.get(target.type) ?? new Map<number, Step>();
    for (const { to, name } of chain.values()) {
      if (to >= target.version || chain.has(to)) continue;
      const fault = `${method}s ${target.name} to ${version} ${to}, from which no ${noun} leads on to ${target.version}`;
      report(`${name} ${fault}`, name, unreachable);
    }
  }
}

function stepOf<Instance, Step>(
  { type, options: { from, to } }: DeclaredStep,
  { noun, version, method, parameter, unreachable, make }: StepRules<Instance, Step>,
  report: Report,
): { readonly from: number; readonly to: number; readonly step: Step } | undefined {
  const { name } = type;
  const body = bodyOf(type, method);
  if (from === undefined || to === undefined) return undefined;
  if (typeof body !== "function") {
    report(`${name} has no method ${method}(${parameter})`, name);
  } else if (isAsync(body)) {
    report(`${name} has an async ${method}(): a load cannot wait for ${withArticle(noun)}`, name);
  } else if (to <= from) {
    const backwards = `${method}s from ${version} ${from} to ${to}`;
    report(`${name} ${backwards}: ${withArticle(noun)} leads to a later version`, name, unreachable);
  } else {
    const instance = instanceOf<Instance>(type, report);
    return instance && { from, to, step: make({ to, name }, instance) };
  }
  return undefined;
}

function instanceOf<Instance>(type: DeclaredStep["type"], report: Report): Instance | undefined {
  try {
    return new type() as Instance;
  } catch (error) {
    const reason = reasonOf(error);
    report(`${type.name} cannot be constructed without arguments: ${reason}`, type.name);
    return undefined;
  }
}
