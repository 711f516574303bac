import type { ProjectionModel } from "../model/projection-model";
import { tableNameOf, viewNameOf } from "../model/projection-tables";
import type { Column, Index, Table, View } from "../ports/table";
import type { RowCodec } from "../rows/row-codec";

/** Defines the table of a projection: `account_summary_v2`. @param hidden the columns that no view shows. */
export function projectionTable(model: ProjectionModel, codec: RowCodec, hidden: readonly Column[]): Table {
  const columnOf = (field: string) => codec.of(field)?.column.name ?? field;
  return {
    name: tableNameOf(model),
    columns: [...codec.columns, ...hidden],
    indexes: model.indexes.map(({ fields, isUnique }): Index => ({ columns: fields.map(columnOf), isUnique })),
  };
}

/** Defines the view that shows a projection to other tools under its own name: `account_summary`. */
export function projectionView(model: Pick<ProjectionModel, "name">, table: Table): View {
  const columns = table.columns.map((column) => column.name).filter((column) => !column.startsWith("_"));
  return { name: viewNameOf(model), table, columns };
}

/** The version of a projection that a view shows, by the name of the table; undefined for another table. */
export function viewedVersion(model: Pick<ProjectionModel, "name">, table: string): number | undefined {
  const start = `${viewNameOf(model)}_v`;
  const version = table.startsWith(start) ? table.slice(start.length) : "";
  return /^\d+$/.test(version) ? Number(version) : undefined;
}
