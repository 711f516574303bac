import { faultsOfAggregateNames } from "../../config/aggregate-names";
import type { DomainConfig } from "../../config/domain-config";
import { faultsOfEventNames } from "../../config/event-names";
import { loadConfig } from "../../config/load-config";
import { ConfigurationError } from "../../errors/configuration-error";
import { type DomainModel, eventNamesOf } from "../../model/domain-model";
import type { DomainProblem, DomainProblemCode } from "../../model/domain-problem";
import type { DomainOptions } from "../domain-options";
import { configuredProvider } from "../event-store-providers";

/** Reads the configuration as `init()` does. @returns no config where there are faults. */
export function examineConfiguration({ root = process.cwd(), config: overrides }: DomainOptions): {
  readonly config: DomainConfig | undefined;
  readonly faults: readonly DomainProblem[];
} {
  try {
    return { config: loadConfig({ root, ...(overrides !== undefined && { overrides }) }), faults: [] };
  } catch (error) {
    return { config: undefined, faults: faultsOf(error) };
  }
}

/** Aggregates and events that the configuration names and nobody registered. */
export function nameProblems(config: DomainConfig, model: DomainModel): DomainProblem[] {
  const names = eventNamesOf(model);
  return [
    ...faultsOfAggregateNames(config, [...names.keys()]).map((fault) => problem("UNKNOWN_AGGREGATE", fault)),
    ...faultsOfEventNames(config, names).map((fault) => problem("UNKNOWN_EVENT", fault)),
  ];
}

/** What is wrong with `[event_store]`, by the schema of the provider's own package. */
export async function providerProblems(config: DomainConfig): Promise<readonly DomainProblem[]> {
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
