import type { Class } from "../metadata/class-types";
import type { Column, Table } from "../ports/table";
import { tableFault, tableNameFault } from "../ports/table-fault";
import type { AggregateModel } from "./aggregate-model";
import { hasRow } from "./aggregate-storage";
import { aggregateTableName, aggregateViewName } from "./aggregate-tables";
import type { Report } from "./domain-problem";
import { snakeCase } from "./names";
import type { ProjectionModel, SqlProjectorModel } from "./projection-model";
import { reservationTableName } from "./reservation-tables";

/** Returns the name of the table that holds the rows of a projection: `account_summary_v2`. */
export function tableNameOf({ name, version }: Pick<ProjectionModel, "name" | "version">): string {
  return `${snakeCase(name)}_v${version}`;
}

/** Returns the name of the view that shows a projection to other tools: `account_summary`. */
export function viewNameOf({ name }: Pick<ProjectionModel, "name">): string {
  return snakeCase(name);
}

/** Reports names of tables, views and columns that no database takes, that are reserved, or that two things would have. */
export function checkTables(
  {
    aggregates,
    projections,
    sqlProjectors,
  }: {
    readonly aggregates: readonly AggregateModel[];
    readonly projections: readonly ProjectionModel[];
    readonly sqlProjectors: readonly SqlProjectorModel[];
  },
  report: Report,
): void {
  const owners = new Map<string, string>();
  const take = (name: string, owner: string, type: Class) => {
    const other = owners.get(name);
    if (other === undefined) owners.set(name, owner);
    else if (other !== owner) report(`${owner} and ${other} would both have the table or view ${name}`, type.name);
  };
  for (const projection of projections) {
    const { name, type } = projection;
    const table = tableNameOf(projection);
    const fault = tableNameFault(viewNameOf(projection)) ?? tableFault(tableOf(projection, table));
    if (fault !== undefined) report(`${name} cannot have a table: ${fault}`, type.name);
    for (const taken of new Set([table, viewNameOf(projection)])) take(taken, name, type);
  }
  for (const aggregate of aggregates) {
    const { name, type, shape, storage } = aggregate;
    const owner = `the aggregate ${name}`;
    if (!hasRow(storage)) {
      if (storage.unique.length > 0) take(reservationTableName(aggregate), owner, type);
      continue;
    }
    const [table, view] = [aggregateTableName(aggregate), aggregateViewName(aggregate)];
    const fault = tableNameFault(view) ?? tableFault(namedTable(table, ["id", ...shape.keys]));
    if (fault !== undefined) report(`${name} cannot have a table: ${fault}`, type.name);
    for (const taken of [table, view]) take(taken, owner, type);
  }
  for (const { name, type, tables } of sqlProjectors) {
    for (const table of tables) {
      const fault = tableNameFault(table);
      if (fault !== undefined) report(`${name} cannot change a table: ${fault}`, type.name);
      const owner = owners.get(table);
      if (owner === undefined) continue;
      const described = owner.startsWith("the ") ? owner : `the projection ${owner}`;
      report(`${name} would change ${table}, which belongs to ${described}`, type.name);
    }
  }
}

/** The table as far as names go. */
function tableOf({ shape, key, aggregate }: ProjectionModel, name: string): Table {
  const fields =
    aggregate === undefined
      ? [key, ...shape.keys.filter((field) => field !== key)]
      : ["id", "version", ...aggregate.only];
  return namedTable(name, fields);
}

function namedTable(name: string, fields: readonly string[]): Table {
  return { name, columns: fields.map((field): Column => ({ name: snakeCase(field), type: "text" })) };
}
