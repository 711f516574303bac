import type { ProjectionModel } from "../model/projection-model";
import type { Table } from "../ports/table";
import { fieldKind } from "../schema/field-kind";
import { fingerprint } from "../schema/fingerprint";
import type { Schema } from "../schema/zod-tree";
import type { RowFolding } from "./row-folding";

interface DeclaredProjection {
  readonly model: ProjectionModel;
  readonly folding: Pick<RowFolding, "table" | "categories">;
}

/** How a projection was declared at the last start: kept in the store, beside its rows. */
export interface DeclarationRecord {
  readonly mode: ProjectionModel["mode"];
  readonly key: string;
  /** For each field a hash of what it stores. */
  readonly fields: Readonly<Record<string, string>>;
  /** For each index its fields, and whether it is unique. */
  readonly indexes: readonly string[];
  /** Of a projection of an aggregate class: the hash of the aggregate's state. */
  readonly state?: string;
  /** Absent in records of earlier versions of this package. */
  readonly table?: Table;
  /** The categories of its events. Absent in records of earlier versions of this package. */
  readonly categories?: readonly string[];
  /** Whether its view has shown it once: the view moves to a version by itself only the first time that it has caught up. */
  readonly wasShown?: boolean;
  /** Set while a table is being made again beside the present one, from its first event on. */
  readonly rebuild?: RebuildRecord;
  /** The table that was in use before the last rebuild, as long as it is kept. */
  readonly kept?: KeptTable;
}

/** What has to be known to go on with a rebuild that was cut off. */
interface RebuildRecord {
  /** A hash of the code that folds: rows of other code do not go together. */
  readonly code: string;
}

/** A table that is not in use any more. */
interface KeptTable {
  readonly table: string;
  /** When it was replaced: milliseconds since 1970, UTC. */
  readonly since: number;
}

/** Describes a projection as it is declared now. */
export function declarationRecord({ model, folding }: DeclaredProjection): DeclarationRecord {
  const { mode, key, shape, indexes, aggregate } = model;
  const fields = (aggregate?.only ?? shape.keys).map((field) => [field, hashOf(shape.fields[field] as Schema)]);
  return {
    mode,
    key,
    fields: Object.fromEntries(fields) as Record<string, string>,
    indexes: indexes.map((index) => `${index.isUnique ? "unique " : ""}${index.fields.join(", ")}`),
    ...(aggregate !== undefined && { state: aggregate.model.fingerprint }),
    table: folding.table,
    categories: folding.categories,
  };
}

/** Lists what is declared otherwise than at the last start, the mode excepted: nothing may be, under the same version. */
export function changesSince(before: DeclarationRecord, now: DeclarationRecord): readonly string[] {
  const changes: string[] = [];
  for (const [field, hash] of Object.entries(now.fields)) {
    const former = Object.hasOwn(before.fields, field) ? before.fields[field] : undefined;
    if (former === undefined) changes.push(`field "${field}" is new`);
    else if (former !== hash) changes.push(`field "${field}" ${changeOfField(former, hash)}`);
  }
  for (const field of Object.keys(before.fields))
    if (!Object.hasOwn(now.fields, field)) changes.push(`field "${field}" is gone`);
  if (before.key !== now.key) changes.push(`the key is "${now.key}", no longer "${before.key}"`);
  changes.push(...changesOfIndexes(before.indexes, now.indexes));
  if (before.state !== now.state) changes.push("the state of its aggregate has another shape");
  return changes;
}

function changeOfField(before: string, now: string): string {
  const [former, present] = [typeOf(before), typeOf(now)];
  return former === present ? "has another type or default" : `is of type ${present}, no longer ${former}`;
}

function changesOfIndexes(before: readonly string[], now: readonly string[]): readonly string[] {
  const changes = [
    ...now.filter((index) => !before.includes(index)).map((index) => `the index on ${index} is new`),
    ...before.filter((index) => !now.includes(index)).map((index) => `the index on ${index} is gone`),
  ];
  return changes.length === 0 && before.join("; ") !== now.join("; ") ? ["its indexes are others"] : changes;
}

/** Also tells types apart that lie in columns of different types and have the same values: `z.int()` and `z.number()`. */
function hashOf(field: Schema): string {
  return `${fieldKind(field).type} ${fingerprint(field)}`;
}

function typeOf(hash: string): string {
  return hash.slice(0, hash.indexOf(" "));
}
