import type { ProjectionModel } from "../model/projection-model";
import { fieldKind } from "../schema/field-kind";
import { fingerprint } from "../schema/fingerprint";
import type { Schema } from "../schema/zod-tree";

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
  /** Set while a table is being made again beside the present one, from its first event on. */
  readonly rebuild?: RebuildRecord;
  /** The table that was in use before the last rebuild, as long as it is kept. */
  readonly kept?: KeptTable;
}

/** What has to be known to go on with a rebuild that was cut off. */
export interface RebuildRecord {
  /** A hash of the code that folds: rows of other code do not go together. */
  readonly code: string;
}

/** A table that is not in use any more. */
export interface KeptTable {
  readonly table: string;
  /** When it was replaced: milliseconds since 1970, UTC. */
  readonly since: number;
}

/** Describes a projection as it is declared now. @param kept what stays of an earlier record. */
export function declarationRecord(
  model: ProjectionModel,
  { kept }: Pick<DeclarationRecord, "kept"> = {},
): DeclarationRecord {
  const { mode, key, shape, indexes, aggregate } = model;
  const fields = (aggregate?.only ?? shape.keys).map((field) => [field, hashOf(shape.fields[field] as Schema)]);
  return {
    mode,
    key,
    fields: Object.fromEntries(fields) as Record<string, string>,
    indexes: indexes.map((index) => `${index.isUnique ? "unique " : ""}${index.fields.join(", ")}`),
    ...(aggregate !== undefined && { state: aggregate.model.fingerprint }),
    ...(kept !== undefined && { kept }),
  };
}

/** Lists what is declared otherwise than at the last start, the mode excepted: nothing may be, under the same version. */
export function changesSince(before: DeclarationRecord, now: DeclarationRecord): readonly string[] {
  const changes: string[] = [];
  for (const [field, hash] of Object.entries(now.fields)) {
    const former = Object.hasOwn(before.fields, field) ? before.fields[field] : undefined;
    if (former === undefined) changes.push(`field "${field}" is new`);
    else if (former !== hash) changes.push(`field "${field}" has another type or default`);
  }
  for (const field of Object.keys(before.fields))
    if (!Object.hasOwn(now.fields, field)) changes.push(`field "${field}" is gone`);
  if (before.key !== now.key) changes.push(`the key is "${now.key}", no longer "${before.key}"`);
  if (before.indexes.join("; ") !== now.indexes.join("; ")) changes.push("its indexes are others");
  if (before.state !== now.state) changes.push("the state of its aggregate has another shape");
  return changes;
}

/** Also tells types apart that lie in columns of different types and have the same values: `z.int()` and `z.number()`. */
function hashOf(field: Schema): string {
  return `${fieldKind(field).type} ${fingerprint(field)}`;
}
