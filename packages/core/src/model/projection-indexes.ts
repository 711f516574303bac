import { fieldKind } from "../schema/field-kind";
import type { Schema } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import type { SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";
import type { ProjectionIndex } from "./projection-index";
import type { ProjectedAggregate } from "./projection-model";

/** Returns the indexes of a projection. Reports fields that its rows lack, and those that no index can have. */
export function projectionIndexes(
  { type: { name, shape }, options }: SoundElement<"projection">,
  aggregate: ProjectedAggregate | undefined,
  report: Report,
): readonly ProjectionIndex[] {
  const fields: readonly string[] = aggregate === undefined ? shape.keys : ["id", "version", ...aggregate.only];
  return (options.indexes ?? []).flatMap((written) => {
    const index = "fields" in written ? written : { fields: written };
    const faults = index.fields.flatMap((field) => faultOf(field, fields, shape.fields[field] as Schema | undefined));
    if (new Set(index.fields).size < index.fields.length) faults.push("names a field twice");
    for (const fault of faults) report(`an index of ${name} ${fault}`, name);
    return faults.length > 0 ? [] : [{ fields: index.fields, isUnique: index.unique ?? false }];
  });
}

function faultOf(field: string, fields: readonly string[], schema: Schema | undefined): string[] {
  if (!fields.includes(field))
    return [`names "${field}", which its rows have no field for${didYouMean(field, fields)}`];
  const isJson = schema !== undefined && fieldKind(schema).type === "json";
  return isJson ? [`names "${field}", which is stored as JSON; keep what is searched for in a field of its own`] : [];
}
