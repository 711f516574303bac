import type { Class } from "../metadata/class-types";
import type { Column, Table } from "../ports/table";
import { tableFault, tableNameFault } from "../ports/table-fault";
import type { AggregateModel } from "./aggregate-model";
import { hasRow } from "./aggregate-storage";
import { aggregateTableName, aggregateViewName } from "./aggregate-tables";
import type { Report } from "./domain-problem";
import { snakeCase } from "./names";
import type { ProjectionModel, SqlProjectorModel } from "./projection-model";
import { reservationTableName, usesReservations } from "./reservation-tables";

/** Returns the name of the table that holds the rows of a projection: `account_summary_v2`. */
export function tableNameOf({ name, version }: Pick<ProjectionModel, "name" | "version">): string {
  return `${snakeCase(name)}_v${version}`;
}

/** Returns the name of the view that shows a projection to other tools: `account_summary`. */
export function viewNameOf({ name }: Pick<ProjectionModel, "name">): string {
  return snakeCase(name);
}

interface TableOwners {
  readonly aggregates: Iterable<AggregateModel>;
  readonly projections: Iterable<ProjectionModel>;
  readonly sqlProjectors: Iterable<SqlProjectorModel>;
}

/** Reports names of tables, views and columns that no database takes, that are reserved, or that two things would have. */
export function checkTables({ aggregates, projections, sqlProjectors }: TableOwners, report: Report): void {
  const owners = new Map<string, Owner>();
  const take = (taken: string, owner: Owner) => {
    const other = owners.get(taken);
    if (other === undefined) owners.set(taken, owner);
    else if (other.name !== owner.name || other.kind !== owner.kind)
      report(`${owner.name} and ${other.name} would both have the table or view ${taken}`, owner.type.name);
  };
  const check = (owner: Owner, table: Table, view: string | undefined) => {
    const fault = (view && tableNameFault(view)) ?? tableFault(table);
    if (fault !== undefined) report(`${owner.name} cannot have a table: ${fault}`, owner.type.name);
    take(table.name, owner);
    if (view !== undefined) take(view, owner);
  };
  for (const aggregate of aggregates) {
    const owner = { ...aggregate, kind: "aggregate" } as const;
    const fields = hasRow(aggregate.storage) ? ["id", ...aggregate.shape.keys] : undefined;
    if (fields !== undefined) check(owner, named(aggregateTableName(aggregate), fields), aggregateViewName(aggregate));
    else if (usesReservations(aggregate)) check(owner, named(reservationTableName(aggregate), ["id"]), undefined);
  }
  for (const projection of projections)
    check(
      { ...projection, kind: "projection" },
      named(tableNameOf(projection), fieldsOf(projection)),
      viewNameOf(projection),
    );
  for (const { name, type, tables } of sqlProjectors) {
    for (const table of tables) {
      const fault = tableNameFault(table);
      if (fault !== undefined) report(`${name} cannot change a table: ${fault}`, type.name);
      const owner = owners.get(table);
      if (owner !== undefined)
        report(`${name} would change ${table}, which belongs to the ${owner.kind} ${owner.name}`, type.name);
    }
  }
}

/** What has a table. */
interface Owner {
  readonly name: string;
  readonly type: Class;
  readonly kind: "aggregate" | "projection";
}

function fieldsOf({ shape, key, aggregate }: ProjectionModel): readonly string[] {
  return aggregate === undefined
    ? [key, ...shape.keys.filter((field) => field !== key)]
    : ["id", "version", ...aggregate.only];
}

/** A table as far as names go. */
function named(name: string, fields: readonly string[]): Table {
  return { name, columns: fields.map((field): Column => ({ name: snakeCase(field), type: "text" })) };
}
