import { ELEMENT_KINDS } from "../decorators/element-kinds";
import { ConfigurationError } from "../errors/configuration-error";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "./aggregate-model";
import { aggregateModels } from "./aggregate-models";
import type { AggregateStorage } from "./aggregate-storage";
import { type CommandModel, commandModels } from "./command-model";
import { ConsumableEvents } from "./consumable-events";
import { declaredElements } from "./declared-elements";
import type { DomainProblem, Report } from "./domain-problem";
import { doubleLoads } from "./double-loads";
import { checkEmbeddedElements } from "./embedded-elements";
import type { EventHandlerModel } from "./event-handler-model";
import { eventHandlerModels } from "./event-handler-models";
import { checkClassFields } from "./field-rules";
import { namePrefixes } from "./names";
import type { ProcessManagerModel } from "./process-manager-model";
import { processManagerModels } from "./process-manager-models";
import type { ProjectionModel, SqlProjectorModel } from "./projection-model";
import { projectionModels } from "./projection-models";
import { checkTables } from "./projection-tables";
import type { QueryModel } from "./query-model";
import { queryModels } from "./query-models";
import type { Registry } from "./registry";
import { type ServiceModel, serviceModels } from "./service-model";
import { sqlProjectorModels } from "./sql-projector-models";
import { checkSubscriptionNames } from "./subscription-names";

/** All registered classes of a domain, checked and prepared. */
export interface DomainModel {
  readonly aggregates: ReadonlyMap<Class, AggregateModel>;
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly services: ReadonlyMap<Class, ServiceModel>;
  readonly projections: ReadonlyMap<Class, ProjectionModel>;
  readonly sqlProjectors: readonly SqlProjectorModel[];
  readonly queries: ReadonlyMap<Class, QueryModel>;
  /** Classes first, then functions, each in the order of their registration. */
  readonly eventHandlers: readonly EventHandlerModel[];
  readonly processManagers: ReadonlyMap<Class, ProcessManagerModel>;
}

/**
 * Compiles the registered classes of a domain.
 * @param furtherFaults finds faults elsewhere, by the names of what is registered. They are listed with the others.
 * @throws ConfigurationError listing every fault; only the cause where code was loaded twice.
 */
export function domainModel(
  domain: string,
  registry: Registry,
  furtherFaults: (names: NamesInConfig) => readonly string[],
): DomainModel {
  const causes = doubleLoads(registry);
  if (causes.length > 0) throw new ConfigurationError(causes, `domain ${JSON.stringify(domain)}`);
  const { model, problems } = examineModel(domain, registry);
  const faults = [...problems.map(({ message }) => message), ...furtherFaults(namesInConfig(model))];
  if (faults.length > 0) throw new ConfigurationError(faults, `domain ${JSON.stringify(domain)}`);
  return model;
}

/** Compiles as much as possible. @returns a model without what could not be understood, and every problem. */
export function examineModel(
  domain: string,
  registry: Registry,
): { readonly model: DomainModel; readonly problems: readonly DomainProblem[] } {
  const problems: DomainProblem[] = [];
  const report: Report = (message, element, code = "INVALID_DECLARATION") =>
    problems.push({ code, severity: "error", ...(element !== undefined && { element }), message });
  const prefixes = namePrefixes(domain);

  const elements = declaredElements(registry, report);
  for (const kind of ["event", "command", "query", "projection", "processManager"] as const)
    for (const { type } of elements.sound(kind)) checkClassFields(type, ELEMENT_KINDS[kind].root.written, report);
  checkEmbeddedElements(elements, report);
  const aggregates = aggregateModels(elements, prefixes, report);
  const commands = commandModels(elements, prefixes, report);
  const services = serviceModels(elements);
  const events = new ConsumableEvents(elements, aggregates.values());
  const projections = projectionModels(elements, aggregates, events, report);
  const sqlProjectors = sqlProjectorModels(elements, events, report);
  const queries = queryModels(elements, projections, report);
  const eventHandlers = eventHandlerModels(elements, registry.functions, [...aggregates.values()], events, report);
  const processManagers = processManagerModels(elements, { aggregates, commands, events, prefixes }, report);
  checkSubscriptionNames(
    {
      projections: [...projections.values()],
      sqlProjectors,
      eventHandlers,
      processManagers: [...processManagers.values()],
    },
    report,
  );
  checkTables({ aggregates: aggregates.values(), projections: projections.values(), sqlProjectors }, report);
  const model = {
    aggregates,
    commands,
    services,
    projections,
    sqlProjectors,
    queries,
    eventHandlers,
    processManagers,
  };
  return { model, problems };
}

/** The names of registered elements, as domain.toml uses them. */
interface NamesInConfig {
  /** The names of each aggregate's events, by the aggregate's name. */
  readonly events: ReadonlyMap<string, readonly string[]>;
  /** The names of projections, SQL projectors, event handlers and process managers. */
  readonly subscriptions: readonly string[];
  /** How each aggregate is stored, by its name. */
  readonly stored: ReadonlyMap<string, AggregateStorage["stored"]>;
}

export function namesInConfig(model: DomainModel): NamesInConfig {
  const events = [...model.aggregates.values()].map(
    ({ name, eventTypes }) => [name, [...eventTypes.values()].map(({ shortName }) => shortName)] as const,
  );
  const stored = Array.from(model.aggregates.values(), ({ name, storage }) => [name, storage.stored] as const);
  return {
    events: new Map(events),
    subscriptions: subscribedModels(model).map(({ name }) => name),
    stored: new Map(stored),
  };
}

/** Lists everything that has a subscription, with what all of them have. */
export function subscribedModels({
  projections,
  sqlProjectors,
  eventHandlers,
  processManagers,
}: DomainModel): readonly { readonly name: string; readonly lane: string }[] {
  return [...projections.values(), ...sqlProjectors, ...eventHandlers, ...processManagers.values()];
}
