import { newLife } from "../../elements/aggregate-life";
import { born, lifeOf } from "../../elements/aggregate-root";
import type { AggregateModel } from "../../model/aggregate-model";
import type { Column, Table } from "../../ports/table";
import type { StateTable } from "../state-table";
import { declaredShape } from "./stored-shape";
import type { OlderTable, StoredTables } from "./stored-tables";

/** What `domain eventstore migrate` does to the rows of an aggregate class, in this order. */
export interface AggregateMigrationPlan {
  /** The name of the class. */
  readonly aggregate: string;
  readonly steps: readonly MigrationPlanStep[];
  /** Why the rows cannot be migrated. Nothing is changed where there is a reason. */
  readonly refusals: readonly string[];
}

interface StepOfTable {
  /** The step in words: `adds the column phone (text) to the table fidelis_customer_v1`. */
  readonly description: string;
  readonly table: string;
}

/** One step of a migration. */
export type MigrationPlanStep = AddColumns | AddIndexes | CheckRows | MoveRows | DropTable;

interface AddColumns extends StepOfTable {
  readonly kind: "addColumns";
  readonly columns: readonly Column[];
}

interface AddIndexes extends StepOfTable {
  readonly kind: "addIndexes";
  /** `city`, `unique country, tax_id` */
  readonly indexes: readonly string[];
  readonly rows: number;
}

/** Reads all rows to see whether they fit fields that have another form now. */
interface CheckRows extends StepOfTable {
  readonly kind: "checkRows";
  readonly fields: readonly string[];
  readonly rows: number;
}

/** Moves the rows of an earlier schema version to the table of the present one. */
interface MoveRows extends StepOfTable {
  readonly kind: "moveRows";
  readonly to: string;
  readonly fromSchemaVersion: number;
  readonly rows: number;
  /** The classes of the migrations; empty where rows are folded from events. */
  readonly migrations: readonly string[];
}

interface DropTable extends StepOfTable {
  readonly kind: "dropTable";
}

/** Compares what a store has of the rows of an aggregate class with what is declared. */
export function migrationPlan(rows: StateTable, stored: StoredTables): AggregateMigrationPlan {
  const { model, table } = rows;
  const refusals = [...supersession(model, stored), ...columnFaults(rows, stored), ...emptyFaults(rows, stored)];
  const steps: MigrationPlanStep[] = [...extension(rows, stored), ...checks(rows, stored)];
  for (const older of stored.older) {
    const { schemaVersion, rows: count } = older;
    if (count > 0) {
      const migrations = migrationsFrom(schemaVersion, model);
      if (migrations === undefined) refusals.push(missingMigration(older, model));
      else steps.push(move(older, table, migrations));
    }
    const name = older.table.name;
    steps.push({ kind: "dropTable", table: name, description: `drops the table ${name}` });
  }
  return { aggregate: model.name, steps, refusals };
}

/**
 * Makes the table as an extension needs it: with the default of each column that is new.
 * @param columns those that the stored table has.
 */
export function extendedTable({ codec, model, table }: StateTable, columns: readonly Column[]): Table {
  const { state } = lifeOf(born(model.type, newLife("default")));
  const added = table.columns.map((column): Column => {
    if (columns.some(({ name }) => name === column.name)) return column;
    const index = codec.fields.findIndex((field) => field.column.name === column.name);
    const value = index < 1 ? undefined : state[index - 1];
    if (value === undefined || value === null) return column;
    return { ...column, default: codec.fields[index]!.encode(value) as NonNullable<Column["default"]> };
  });
  return { ...table, columns: added };
}

function supersession({ name, schemaVersion }: AggregateModel, { shape }: StoredTables): readonly string[] {
  const movedTo = shape?.movedTo ?? 0;
  if (movedTo <= schemaVersion) return [];
  return [
    `${name} declares schema version ${schemaVersion}, and a later release has moved its rows to schema version ${movedTo}: run that release`,
  ];
}

/** Columns of another type, and missing ones that nothing can be read from. */
function columnFaults({ codec, model, table }: StateTable, { present }: StoredTables): readonly string[] {
  if (present === undefined) return [];
  const { state } = lifeOf(born(model.type, newLife("default")));
  const faults = codec.fields.flatMap(({ field, column, mayBeAbsent, mayBeNull }, index) => {
    const stored = present.columns.find(({ name }) => name === column.name);
    if (stored === undefined) {
      const value = index === 0 ? undefined : state[index - 1];
      const isReadable = mayBeAbsent || mayBeNull || (value !== undefined && value !== null);
      return isReadable
        ? []
        : [`has no column ${column.name}, and its rows have no value for ${field}, which is required`];
    }
    return stored.type === column.type
      ? []
      : [`has the column ${column.name} of type ${stored.type}, and ${field} needs ${column.type}`];
  });
  return faults.map(
    (fault) => `the table ${table.name} does not fit ${model.name}: it ${fault}; ${laterVersion(model)}`,
  );
}

/** Fields that were optional, and are empty in rows. */
function emptyFaults({ codec, model, table }: StateTable, { present }: StoredTables): readonly string[] {
  return Object.entries(present?.empty ?? {}).flatMap(([column, count]) => {
    const field = codec.fields.find((each) => each.column.name === column)?.field ?? column;
    const found = `its column ${column} is empty in ${counted(count)}, and ${field} is required`;
    return count === 0 ? [] : [`the table ${table.name} does not fit ${model.name}: ${found}; ${laterVersion(model)}`];
  });
}

function laterVersion({ name, schemaVersion, storage }: AggregateModel): string {
  const next = schemaVersion + 1;
  if (storage.truth === "events") return `raise its schemaVersion to ${next}: its rows are then folded from its events`;
  return `raise its schemaVersion to ${next}, and declare @domain.snapshotMigration({ aggregate: ${name}, from: ${schemaVersion}, to: ${next} })`;
}

function extension(rows: StateTable, { present, shape }: StoredTables): readonly MigrationPlanStep[] {
  if (present === undefined) return [];
  const { model, table } = rows;
  const steps: MigrationPlanStep[] = [];
  const added = extendedTable(rows, present.columns).columns.filter(
    ({ name }) => !present.columns.some((column) => column.name === name),
  );
  if (added.length > 0) {
    const words = added.map(({ name, type, default: value }) => {
      return value === undefined
        ? `${name} (${type})`
        : `${name} (${type}, ${JSON.stringify(value)} in rows that are there)`;
    });
    const description = `adds ${words.length === 1 ? "the column" : "the columns"} ${words.join(", ")} to the table ${table.name}`;
    steps.push({ kind: "addColumns", table: table.name, columns: added, description });
  }
  const known = shape?.tables[model.schemaVersion]?.indexes;
  const indexes = known === undefined ? [] : declaredShape(rows).indexes.filter((index) => !known.includes(index));
  if (indexes.length > 0 && present.rows) {
    const words = indexes.map((index) =>
      index.startsWith("unique ") ? `a unique index on ${index.slice(7)}` : `an index on ${index}`,
    );
    const description = `adds ${words.join(", and ")} to the ${counted(present.rows)} of the table ${table.name}`;
    steps.push({ kind: "addIndexes", table: table.name, indexes, rows: present.rows, description });
  }
  return steps;
}

function checks(rows: StateTable, { present, shape }: StoredTables): readonly MigrationPlanStep[] {
  const { model, table } = rows;
  const known = shape?.tables[model.schemaVersion]?.fields ?? {};
  if (!present?.rows) return [];
  const fields = Object.entries(declaredShape(rows).fields).flatMap(([column, { field, forms }]) => {
    const stored = known[column];
    return stored === undefined || forms.every((form) => stored.forms.includes(form)) ? [] : [field];
  });
  if (fields.length === 0) return [];
  const description = `checks whether the ${counted(present.rows)} of the table ${table.name} fit ${fields.join(", ")}, declared otherwise than before`;
  return [{ kind: "checkRows", table: table.name, fields, rows: present.rows, description }];
}

/** @returns the names of the migrations; none where rows are folded from events; undefined where no chain starts there. */
function migrationsFrom(schemaVersion: number, model: AggregateModel): readonly string[] | undefined {
  if (model.storage.truth === "events") return [];
  const names: string[] = [];
  for (let version = schemaVersion; version !== model.schemaVersion; ) {
    const step = model.migrations.get(version);
    if (step === undefined) return undefined;
    names.push(step.name);
    version = step.to;
  }
  return names;
}

function missingMigration(
  { schemaVersion, table, rows }: OlderTable,
  { name, schemaVersion: present }: AggregateModel,
): string {
  const declared = `declare @domain.snapshotMigration({ aggregate: ${name}, from: ${schemaVersion}, to: ${present} })`;
  return `the table ${table.name} has ${counted(rows)} of ${name} in schema version ${schemaVersion}, from which no migration leads to ${present}: ${declared}`;
}

function move(older: OlderTable, { name: to }: Table, migrations: readonly string[]): MigrationPlanStep {
  const { schemaVersion, table, rows } = older;
  const by = migrations.length === 0 ? "folded from their events" : `by ${migrations.join(", ")}`;
  const description = `moves the ${counted(rows)} of the table ${table.name} to ${to}, ${by}`;
  return { kind: "moveRows", table: table.name, to, fromSchemaVersion: schemaVersion, rows, migrations, description };
}

function counted(rows: number): string {
  return `${rows.toLocaleString("en-US")} ${rows === 1 ? "row" : "rows"}`;
}
