import type { MigrationStep, SnapshotMigration } from "../elements/snapshot-migration";
import type { Class } from "../metadata/class-types";
import type { DeclaredElement, DeclaredElements, SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";
import { type StepRules, type VersionChain, versionChains } from "./version-chains";

const MIGRATIONS: StepRules<SnapshotMigration, MigrationStep> = {
  noun: "a migration",
  version: "schema version",
  method: "migrate",
  parameter: "state",
  duplicate: "SNAPSHOT_MIGRATION_DUPLICATE",
  unreachable: "SNAPSHOT_MIGRATION_UNREACHABLE",
  make: (leads, migration) => ({ ...leads, migration }),
};

/** Returns the snapshot migrations of each aggregate. A chain may start anywhere; it must end at the declared schema version. */
export function migrationChains(
  elements: DeclaredElements,
  report: Report,
): ReadonlyMap<Class, VersionChain<MigrationStep>> {
  const aggregateOf = ({ options }: SoundElement<"snapshotMigration">) => {
    const aggregate = elements.referred("aggregate", options.aggregate);
    return aggregate && { ...aggregate, version: schemaVersionOf(aggregate) };
  };
  const chains = versionChains(elements.sound("snapshotMigration"), aggregateOf, MIGRATIONS, report);
  for (const aggregate of elements.of("aggregate")) {
    const chain = chains.get(aggregate.type) ?? new Map<number, MigrationStep>();
    const declared = schemaVersionOf(aggregate);
    for (const { to, name } of chain.values()) {
      if (to >= declared || chain.has(to)) continue;
      const fault = `migrates ${aggregate.name} to schema version ${to}, from which no migration leads on to ${declared}`;
      report(`${name} ${fault}`, name, "SNAPSHOT_MIGRATION_UNREACHABLE");
    }
  }
  return chains;
}

/** Returns the schema version that an aggregate declares. */
export function schemaVersionOf({ options }: DeclaredElement<"aggregate">): number {
  return options.schemaVersion ?? 1;
}
