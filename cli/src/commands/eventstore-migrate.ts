import type { AggregateMigrationPlan, EventStoreMigration, MigrationProgress } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, loadedDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { Results } from "../printing/results";
import { startWorkProgress } from "../printing/work-progress";
import { jsonOption, type Runtime } from "./declaration";

interface MigrateCommandOptions extends DomainOptions {
  readonly dryRun?: boolean;
}

/** Declares `domain eventstore migrate`. */
export function declareEventstoreMigrate(eventstore: Command, { io, end }: Runtime): void {
  eventstore
    .command("migrate")
    .description(
      "create or upgrade the event store's schema, whatever auto_migrate says, and migrate the rows of aggregates to their shapes",
    )
    .option("--dry-run", "print what there is to do, and change nothing")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await eventstoreMigrate(io, command.optsWithGlobals())));
}

const PHASES: Readonly<Record<MigrationProgress["phase"], string>> = { checking: "Checking", moving: "Moving" };

async function eventstoreMigrate(io: Io, options: MigrateCommandOptions): Promise<number> {
  const { dryRun = false, json = false } = options;
  const results = new Results(io.stdout);
  const domain = await loadedDomain(io, options);
  using interruption = new Interruption(io);
  const { signal } = interruption;
  const progress = startWorkProgress(io.stderr, { isWanted: !json });
  try {
    const migration = await domain.migrateEventStore({
      dryRun,
      signal,
      onPlan: async (planned) => {
        if (!json) await results.line(inWords(planned, dryRun));
      },
      onProgress: ({ aggregate, phase, rows, total }) =>
        progress.update({ phase: `${PHASES[phase]} ${aggregate}`, done: rows, total, unit: "rows" }),
    });
    progress.end();
    if (json) await results.document({ ...migration, ...(dryRun && { dryRun }) });
    else if (migration.aggregates !== undefined) await results.line(endInWords(migration.aggregates, dryRun));
    return ExitStatus.done;
  } catch (error) {
    progress.end();
    if (!(signal.aborted && error === signal.reason)) throw error;
    io.stderr.write(`Stopped by ${interruption.by}: ${dryRun ? "nothing was changed" : STOPPED}.\n`);
    return ExitStatus.endedBy(interruption.by as NodeJS.Signals);
  }
}

const STOPPED = "rows that were moved stay where they are now; domain eventstore migrate goes on where this one ended";

/** What there is to do, a line for each step. */
function inWords(migration: EventStoreMigration, dryRun: boolean): string {
  const steps = (migration.aggregates ?? []).flatMap(({ aggregate, steps }) =>
    steps.map(({ description }) => printable(`${aggregate}: ${description}.`)),
  );
  return [...(dryRun ? plannedSchema(migration) : doneToSchema(migration)), ...steps].join("\n");
}

function plannedSchema({ eventStore, schema }: EventStoreMigration): readonly string[] {
  if (schema === undefined || schema.from === schema.to) return [`The schema is up to date: ${eventStore}.`];
  const { from, to } = schema;
  if (from === 0) return [`Would create the schema, version ${to}: ${eventStore}.`];
  return [
    `Would upgrade the schema from version ${from} to ${to}: ${eventStore}.`,
    "The rows of aggregates can be looked at once that is done.",
  ];
}

function doneToSchema({ eventStore, schema }: EventStoreMigration): readonly string[] {
  if (schema === undefined || schema.from === schema.to) return [`The schema is up to date: ${eventStore}.`];
  const { from, to, tables } = schema;
  const done = from === 0 ? `Created the schema, version ${to}` : `Upgraded the schema from version ${from} to ${to}`;
  return [`${done}: ${eventStore}.`, ...(tables.length === 0 ? [] : [`New tables: ${tables.join(", ")}.`])];
}

function endInWords(plans: readonly AggregateMigrationPlan[], dryRun: boolean): string {
  if (dryRun) return "Changed nothing.";
  return `Migrated the rows of ${plans.map(({ aggregate }) => aggregate).join(", ")}.`;
}
