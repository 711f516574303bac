import type { AggregateSnapshotConfig, DomainConfig } from "../../config/domain-config";
import type { Class } from "../../metadata/class-types";
import { type AggregateStorage, hasRow, isOpen } from "../../model/aggregate-storage";
import { bundledName, elementNames } from "../../model/bundled-names";
import { type DomainModel, subscribedModels } from "../../model/domain-model";
import type { DomainProblem } from "../../model/domain-problem";
import type { Registry } from "../../model/registry";
import type { SnapshotOptions } from "../../snapshots/strategies/snapshot-options";
import { didYouMean } from "../../wording/did-you-mean";

/** What the rules below look at. */
interface CheckedDomain {
  readonly registry: Registry;
  /** Lacks what could not be understood. */
  readonly model: DomainModel;
  /** Absent when it cannot be read. */
  readonly config: DomainConfig | undefined;
  /** What an aggregate's decorator says about its snapshots. */
  readonly snapshotOptions: (aggregate: Class) => SnapshotOptions | undefined;
}

/** Lists the problems that `init()` accepts. */
export function warningsOf(domain: CheckedDomain): DomainProblem[] {
  const rules = [
    bundledNames,
    aggregatesWithoutEvents,
    commandsWithoutHandler,
    queriesWithoutHandler,
    statesWithoutUpcaster,
    lanesWithoutSubscription,
    snapshotRulesWithoutEffect,
  ];
  return rules
    .flatMap((rule) => [...rule(domain)])
    .map(({ code, ...rest }) => ({ code, severity: "warning", ...rest }));
}

type Warnings = Generator<Omit<DomainProblem, "severity">>;

function* bundledNames({ registry }: CheckedDomain): Warnings {
  const names = elementNames(registry.all);
  for (const registration of registry.all) {
    const bundled = bundledName(registration, names);
    if (bundled === undefined || bundled.isRefused) continue;
    yield { code: "BUNDLED_NAME", element: registration.type.name, message: bundled.message };
  }
}

function* aggregatesWithoutEvents({ model }: CheckedDomain): Warnings {
  for (const { name, eventTypes, storage } of model.aggregates.values()) {
    if (eventTypes.size > 0 || isOpen(storage)) continue;
    const message = `${name} has no events: no aggregate of it can be stored; declare one with partOf: "${name}"`;
    yield { code: "AGGREGATE_WITHOUT_EVENTS", element: name, message };
  }
}

function* commandsWithoutHandler({ model }: CheckedDomain): Warnings {
  for (const [{ name: element }, { handler }] of model.commands) {
    if (handler !== undefined) continue;
    const message = `${element} has no handler: domain.process() will refuse it; add a method with @handle(${element})`;
    yield { code: "COMMAND_WITHOUT_HANDLER", element, message };
  }
}

function* queriesWithoutHandler({ model }: CheckedDomain): Warnings {
  for (const [{ name: element }, { handler }] of model.queries) {
    if (handler !== undefined) continue;
    const message = `${element} has no handler: domain.dispatch() will refuse it; add a method with @read(${element})`;
    yield { code: "QUERY_WITHOUT_HANDLER", element, message };
  }
}

function* statesWithoutUpcaster({ model }: CheckedDomain): Warnings {
  for (const { name, type, version, upcasters } of model.processManagers.values()) {
    if (version === 1 || upcasters.size > 0) continue;
    const written = `@domain.upcaster({ processManager: ${type.name}, from: ${version - 1}, to: ${version} })`;
    const message = `${name} declares version ${version} and has no upcaster: instances that earlier versions stored are set aside; write ${written} unless all have ended`;
    yield { code: "UPCASTER_MISSING", element: type.name, message };
  }
}

/** A lane may be for commands that run later alone. One that is called nearly as the lane of a subscription is most likely a slip. */
function* lanesWithoutSubscription({ model, config }: CheckedDomain): Warnings {
  if (config === undefined) return;
  const { named } = config.subscriptions;
  const lanes = new Set(subscribedModels(model).map(({ name, lane }) => named.get(name)?.lane ?? lane));
  for (const lane of config.server.lanes.keys()) {
    const hint = lanes.has(lane) ? "" : didYouMean(lane, [...lanes]);
    if (hint === "") continue;
    const message = `[server.lanes.${lane}] is for commands that are given this lane alone: no subscription is in it${hint}`;
    yield { code: "LANE_WITHOUT_SUBSCRIPTION", message };
  }
}

function* snapshotRulesWithoutEffect({ model, config, snapshotOptions }: CheckedDomain): Warnings {
  if (config === undefined) return;
  const { snapshots } = config;
  for (const { name, type, storage } of model.aggregates.values()) {
    const operator = snapshots.aggregates.get(name);
    if (hasRow(storage)) {
      const isUseless = operator !== undefined && (isOpen(storage) || hasRule(operator, undefined));
      if (isUseless)
        yield { code: "SNAPSHOT_RULE_WITHOUT_EFFECT", element: name, message: uselessSettings(name, storage) };
      continue;
    }
    const decorator = snapshotOptions(type);
    const mode = operator?.mode ?? decorator?.mode ?? snapshots.mode;
    const on = operator?.on ?? decorator?.on ?? snapshots.on;
    if (!hasRule(operator, decorator) || (mode !== "manual" && on.length > 0)) continue;
    const reason = mode === "manual" ? 'its mode is "manual"' : "it has no occasion in on";
    const message = `${name} says when a snapshot is due, but ${reason}, so none is ever written; drop one of the two`;
    yield { code: "SNAPSHOT_RULE_WITHOUT_EFFECT", element: name, message };
  }
}

function uselessSettings(name: string, { stored }: AggregateStorage): string {
  const reason = `${name} is stored as ${JSON.stringify(stored)}, so that its loads read a row`;
  const effect = stored === "both" ? "never has a snapshot written by itself" : "has no effect";
  return `[snapshots.aggregates.${name}] ${effect}: ${reason}; drop it`;
}

function hasRule(operator: AggregateSnapshotConfig | undefined, decorator: SnapshotOptions | undefined): boolean {
  if (operator?.rules !== undefined || decorator?.when !== undefined) return true;
  return (operator?.threshold ?? decorator?.threshold ?? 0) > 0;
}
