import { snakeCase } from "../model/names";
import type { ProjectionModel } from "../model/projection-model";
import type { Column, Index, Table, View } from "../ports/read-model-store";
import type { RowCodec } from "./row-codec";

/** Defines the table of a projection: `account_summary_v2`. @param hidden the columns that no view shows. */
export function projectionTable(
  { name, version, indexes }: ProjectionModel,
  codec: RowCodec,
  hidden: readonly Column[],
): Table {
  const columnOf = (field: string) => codec.of(field)?.column.name ?? field;
  return {
    name: `${snakeCase(name)}_v${version}`,
    columns: [...codec.columns, ...hidden],
    indexes: indexes.map(({ fields, isUnique }): Index => ({ columns: fields.map(columnOf), isUnique })),
  };
}

/** Defines the view that shows a projection to other tools under its own name: `account_summary`. */
export function projectionView({ name }: Pick<ProjectionModel, "name">, table: Table): View {
  const columns = table.columns.map((column) => column.name).filter((column) => !column.startsWith("_"));
  return { name: snakeCase(name), table, columns };
}

/** The version of a projection that a view shows, by the name of the table; undefined for another table. */
export function viewedVersion({ name }: Pick<ProjectionModel, "name">, table: string): number | undefined {
  const start = `${snakeCase(name)}_v`;
  const version = table.startsWith(start) ? table.slice(start.length) : "";
  return /^\d+$/.test(version) ? Number(version) : undefined;
}
