import { newLife } from "../elements/aggregate-life";
import { AggregateRoot, born } from "../elements/aggregate-root";
import { CommandRoot } from "../elements/command";
import { DomainEventRoot } from "../elements/domain-event";
import { ConfigurationError } from "../errors/configuration-error";
import type { Class } from "../metadata/class-types";
import type { ElementKind } from "../metadata/element-mark";
import type { AggregateModel } from "./aggregate-model";
import { aggregateModels } from "./aggregate-models";
import type { CommandModel } from "./command-model";
import { commandModels } from "./command-models";
import type { DomainProblem } from "./domain-problem";
import { optionFaults } from "./element-options";
import { checkEmbeddedElements } from "./embedded-elements";
import { nameFault, pascalCase, snakeCase } from "./names";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";
import type { ServiceModel } from "./service-model";
import { serviceModels } from "./service-models";

/** The whole of a domain's registered classes, checked and prepared. */
export interface DomainModel {
  readonly aggregates: ReadonlyMap<Class, AggregateModel>;
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly services: ReadonlyMap<Class, ServiceModel>;
}

/**
 * Checks and prepares everything that was registered.
 * @param furtherFaults found elsewhere, by the names of each aggregate's events, listed with the others.
 * @throws ConfigurationError listing every fault.
 */
export function domainModel(
  domain: string,
  registry: Registry,
  furtherFaults: (events: ReadonlyMap<string, readonly string[]>) => readonly string[],
): DomainModel {
  const { model, problems } = examineModel(domain, registry);
  const faults = [...problems.map(({ message }) => message), ...furtherFaults(eventNamesOf(model))];
  if (faults.length > 0) throw new ConfigurationError(faults, `domain ${JSON.stringify(domain)}`);
  return model;
}

/** The same, whatever is wrong. @returns a model that lacks what could not be understood, and every problem. */
export function examineModel(
  domain: string,
  registry: Registry,
): { readonly model: DomainModel; readonly problems: readonly DomainProblem[] } {
  const problems: DomainProblem[] = [];
  const refuse: Refuse = (message, subject) =>
    problems.push({ code: "INVALID_DECLARATION", severity: "error", ...subject, message });
  for (const fault of registry.faults) refuse(fault);
  checkElements(registry.all, refuse);
  checkEmbeddedElements(registry, refuse);
  const prefixes = { types: `${pascalCase(domain)}.`, streams: `${snakeCase(domain)}::` };
  const aggregates = aggregateModels(registry, prefixes, refuse);
  const commands = commandModels(registry, prefixes, refuse);
  const services = serviceModels(registry, refuse);
  return { model: { aggregates, commands, services }, problems };
}

/** The names of each aggregate's events, as domain.toml calls them, by the aggregate's name. */
export function eventNamesOf({ aggregates }: DomainModel): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...aggregates.values()].map(({ name, eventTypes }) => [
      name,
      [...eventTypes.values()].map(({ shortName }) => shortName),
    ]),
  );
}

const ROOTS = {
  aggregate: { root: AggregateRoot, extend: "Aggregate({…})" },
  event: { root: DomainEventRoot, extend: "DomainEvent({…})" },
  command: { root: CommandRoot, extend: "Command({…})" },
} as const;

function isMessageOrState(kind: ElementKind): kind is keyof typeof ROOTS {
  return Object.hasOwn(ROOTS, kind);
}

function checkElements(registrations: readonly Registration[], refuse: Refuse): void {
  for (const { type, kind, options } of registrations) {
    for (const fault of optionFaults(kind, options)) refuse(`${type.name} ${fault}`, { element: type.name });
    if (!isMessageOrState(kind)) continue;
    if (options.name === undefined && nameFault(type.name) !== undefined)
      refuse(`the class name ${JSON.stringify(type.name)} cannot be stored; give the ${kind} the option "name"`, {
        element: type.name,
      });
    const { root, extend } = ROOTS[kind];
    if (!(type.prototype instanceof root))
      refuse(`${type.name} is declared as ${kind} but does not extend ${extend}`, { element: type.name });
    else if (kind === "aggregate") checkFields(type as never, refuse);
  }
}

/** A field that only the class knows would be missing from every snapshot. */
function checkFields(type: typeof AggregateRoot & (new () => AggregateRoot), refuse: Refuse): void {
  if (type.shape === undefined) {
    refuse(`${type.name} has no shape: extend Aggregate({…})`, { element: type.name });
    return;
  }
  const instance = firstInstance(type, refuse);
  const strangers = Object.keys(instance ?? {}).filter((key) => !type.shape.keys.includes(key));
  for (const key of strangers) {
    refuse(
      `${type.name} has the field "${key}" outside of its shape, where no snapshot would keep it; declare it in Aggregate({…})`,
      { element: type.name },
    );
  }
}

function firstInstance(type: new () => AggregateRoot, refuse: Refuse): AggregateRoot | undefined {
  try {
    return born(type, newLife("field-check"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    refuse(`${type.name} cannot be made without arguments: ${reason}`, { element: type.name });
    return undefined;
  }
}
