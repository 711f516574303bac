import type { MigrationStep, SnapshotMigration } from "../elements/snapshot-migration";
import type { Class } from "../metadata/class-types";
import type { DeclaredElement, DeclaredElements, SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";
import { reportDeadEnds, type StepRules, type VersionChain, versionChains } from "./version-chains";

const MIGRATIONS: StepRules<SnapshotMigration, MigrationStep> = {
  noun: "migration",
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
  const versioned = (aggregate: DeclaredElement<"aggregate">) => {
    return { ...aggregate, version: schemaVersionOf(aggregate) };
  };
  const aggregateOf = ({ options }: SoundElement<"snapshotMigration">) => {
    const aggregate = elements.referred("aggregate", options.aggregate);
    return aggregate && versioned(aggregate);
  };
  const chains = versionChains(elements.sound("snapshotMigration"), aggregateOf, MIGRATIONS, report);
  reportDeadEnds(elements.of("aggregate").map(versioned), chains, MIGRATIONS, report);
  return chains;
}

/** Returns the schema version that an aggregate declares. */
export function schemaVersionOf({ options }: DeclaredElement<"aggregate">): number {
  return options.schemaVersion ?? 1;
}
