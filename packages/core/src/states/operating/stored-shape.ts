import { fieldKind } from "../../schema/field-kind";
import { fingerprint } from "../../schema/fingerprint";
import type { Schema } from "../../schema/zod-tree";
import { nodeOf } from "../../schema/zod-tree";
import type { StateTable } from "../state-table";

/** What a store keeps of how the aggregates of a class lie in their tables: their columns alone do not tell. */
export interface StoredShape {
  readonly truth: "events" | "state";
  /** The tables that have rows or may get some, by their schema version. */
  readonly tables: Readonly<Record<string, StoredTableShape>>;
  /** The schema version that all rows of earlier ones were moved to: releases that declare an earlier one are refused. */
  readonly movedTo?: number;
}

/** What the releases that use a table at the same time declare of it. */
export interface StoredTableShape {
  /** By their columns. */
  readonly fields: Readonly<Record<string, StoredField>>;
  /** `city`, `unique country, taxId`: the columns of each index. */
  readonly indexes: readonly string[];
}

export interface StoredField {
  readonly field: string;
  /** For each form that its values may have a hash of what is stored. */
  readonly forms: readonly string[];
  readonly mayBeAbsent: boolean;
  readonly mayBeNull: boolean;
}

/** Describes the table of an aggregate class as it is declared now. */
export function declaredShape({ codec, model, table }: StateTable): StoredTableShape {
  const fields = codec.fields.slice(1).map(({ field, column, mayBeAbsent, mayBeNull }) => {
    const forms = [formOf(model.shape.fields[field] as Schema)];
    return [column.name, { field, forms, mayBeAbsent, mayBeNull }] as const;
  });
  const indexes = (table.indexes ?? []).map(
    ({ columns, isUnique }) => `${isUnique ? "unique " : ""}${columns.join(", ")}`,
  );
  return { fields: Object.fromEntries(fields), indexes };
}

/** Joins what is stored of a table and what is declared now. */
export function joinedShapes(stored: StoredTableShape | undefined, declared: StoredTableShape): StoredTableShape {
  if (stored === undefined) return declared;
  const fields: Record<string, StoredField> = { ...stored.fields };
  for (const [column, field] of Object.entries(declared.fields)) {
    const forms = stored.fields[column]?.forms ?? [];
    fields[column] = { ...field, forms: [...new Set([...forms, ...field.forms])] };
  }
  return { fields, indexes: [...new Set([...stored.indexes, ...declared.indexes])] };
}

/** A hash of what a field stores, whether it may be missing or not. Tells types apart that lie in columns of one type. */
function formOf(schema: Schema): string {
  return `${fieldKind(schema).type} ${fingerprint(withoutWrappers(schema))}`;
}

function withoutWrappers(schema: Schema): Schema {
  const node = nodeOf(schema);
  switch (node.kind) {
    case "optional":
    case "nullable":
    case "nonoptional":
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
      return withoutWrappers(node.inner);
    default:
      return schema;
  }
}
