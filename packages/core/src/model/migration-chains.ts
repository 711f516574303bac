import type { MigrationStep, SnapshotMigration } from "../elements/snapshot-migration";
import type { Class } from "../metadata/class-types";
import { elementName, ownerOf } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";
import { type VersionStepWords, versionStep } from "./version-step";

interface Step extends MigrationStep {
  readonly from: number;
}

/** Each aggregate's snapshot migrations by the version they start from. Every chain ends at the declared schema version. */
export function migrationChains(
  registry: Registry,
  refuse: Refuse,
): ReadonlyMap<Class, ReadonlyMap<number, MigrationStep>> {
  const chains = new Map<Class, Map<number, Step>>();
  for (const registration of registry.of("snapshotMigration")) {
    const owner = ownerOf(registration, registry, refuse, "aggregate");
    const step = stepOf(registration, refuse);
    if (owner === undefined || step === undefined) continue;
    const chain = chains.get(owner) ?? new Map<number, Step>();
    chains.set(owner, chain);
    const twin = chain.get(step.from);
    if (twin === undefined) {
      chain.set(step.from, step);
    } else {
      const fault = `${step.name} and ${twin.name} both migrate snapshots of ${owner.name} from schema version ${step.from}`;
      refuse(fault, { code: "SNAPSHOT_MIGRATION_DUPLICATE", element: step.name });
    }
  }
  for (const aggregate of registry.of("aggregate")) {
    const chain = chains.get(aggregate.type);
    if (chain !== undefined) checkChain(chain, aggregate, refuse);
  }
  return chains;
}

export function declaredSchemaVersion({ options }: Registration): number {
  return typeof options.schemaVersion === "number" ? options.schemaVersion : 1;
}

const WORDS: VersionStepWords = {
  method: "migrate",
  parameter: "state",
  leads: "migrates from schema version",
  noun: "a migration",
  noWait: "a load waits for no migration",
  unreachable: "SNAPSHOT_MIGRATION_UNREACHABLE",
};

function stepOf(registration: Registration, refuse: Refuse): Step | undefined {
  const step = versionStep<SnapshotMigration>(registration, WORDS, refuse);
  return step && { from: step.from, to: step.to, name: step.name, migration: step.instance };
}

function checkChain(chain: ReadonlyMap<number, Step>, aggregate: Registration, refuse: Refuse): void {
  const name = elementName(aggregate);
  const declared = declaredSchemaVersion(aggregate);
  for (const step of chain.values()) {
    const subject = { code: "SNAPSHOT_MIGRATION_UNREACHABLE", element: step.name } as const;
    if (step.to > declared) {
      refuse(
        `${step.name} migrates ${name} to schema version ${step.to}, but ${name} declares schemaVersion ${declared}`,
        subject,
      );
    } else if (step.to < declared && !chain.has(step.to)) {
      refuse(
        `${step.name} migrates ${name} to schema version ${step.to}, from which no migration leads on to ${declared}`,
        subject,
      );
    }
  }
}
