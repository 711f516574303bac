import type { DomainConfig } from "../../config/domain-config";
import { loadConfig } from "../../config/load-config";
import {
  faultsOfAggregateNames,
  faultsOfEventNames,
  faultsOfKeptEvents,
  faultsOfSubscriptionNames,
} from "../../config/registered-names";
import { ConfigurationError } from "../../errors/configuration-error";
import type { Class } from "../../metadata/class-types";
import { constructionFaults } from "../../model/declared-elements";
import { type DomainModel, examineModel, namesInConfig } from "../../model/domain-model";
import type { DomainProblem, DomainProblemCode } from "../../model/domain-problem";
import { doubleLoads } from "../../model/double-loads";
import type { SnapshotOptions } from "../../snapshots/strategies/snapshot-options";
import type { DomainOptions } from "../domain-options";
import { configuredProvider } from "../event-store-providers";
import type { DomainParts } from "../start-runtime";
import { warningsOf } from "./warnings";

/** Lists everything that is wrong with a domain, as far as it shows without an event store. Opens none and writes nothing. */
export async function checkDomain({ name, registry, options }: DomainParts): Promise<readonly DomainProblem[]> {
  const { model, problems } = examineModel(name, registry);
  const { config, faults } = examineConfiguration(options);
  const causes = doubleLoads(registry);
  if (causes.length > 0) return [...faults, ...causes.map((cause) => problem("INVALID_DECLARATION", cause))];
  const snapshotOptions = (type: Class) => registry.optionsOf(type)?.snapshot as SnapshotOptions | undefined;
  return [
    ...faults,
    ...(config === undefined ? [] : nameProblems(config, model)),
    ...(config === undefined || options.eventStore !== undefined ? [] : await providerProblems(config)),
    ...problems,
    ...(options.resolver === undefined ? constructionFaults(registry) : []),
    ...warningsOf({ registry, model, config, snapshotOptions }),
  ];
}

/** Reads the configuration as `init()` does. @returns no config when it has faults. */
function examineConfiguration({ root = process.cwd(), config: overrides }: DomainOptions): {
  readonly config: DomainConfig | undefined;
  readonly faults: readonly DomainProblem[];
} {
  try {
    return { config: loadConfig({ root, ...(overrides !== undefined && { overrides }) }), faults: [] };
  } catch (error) {
    return { config: undefined, faults: faultsOf(error) };
  }
}

/** Lists what the configuration names although nobody registered it, and settings of aggregates that have no use for them. */
function nameProblems(config: DomainConfig, model: DomainModel): DomainProblem[] {
  const { events, subscriptions, stored } = namesInConfig(model);
  return [
    ...faultsOfAggregateNames(config, [...events.keys()]).map((fault) => problem("UNKNOWN_AGGREGATE", fault)),
    ...faultsOfEventNames(config, events).map((fault) => problem("UNKNOWN_EVENT", fault)),
    ...faultsOfSubscriptionNames(config, subscriptions).map((fault) => problem("UNKNOWN_SUBSCRIPTION", fault)),
    ...faultsOfKeptEvents(config, stored).map((fault) => problem("INVALID_CONFIGURATION", fault)),
  ];
}

/** Checks `[event_store]` by the schema of the provider's own package. */
async function providerProblems(config: DomainConfig): Promise<readonly DomainProblem[]> {
  try {
    await configuredProvider(config);
    return [];
  } catch (error) {
    return faultsOf(error);
  }
}

function faultsOf(error: unknown): DomainProblem[] {
  if (error instanceof ConfigurationError) return error.faults.map((fault) => problem("INVALID_CONFIGURATION", fault));
  throw error;
}

function problem(code: DomainProblemCode, message: string): DomainProblem {
  return { code, severity: "error", message };
}
