import { durationMs } from "../config/duration";
import { constraintsOf } from "../elements/aggregate-constraints";
import { isOpenClass } from "../elements/open-classes";
import { fieldKind } from "../schema/field-kind";
import type { Shape } from "../schema/shape";
import type { Schema } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import { inWords, quoted } from "../wording/in-words";
import { type AggregateStorage, hasRow, isOpen } from "./aggregate-storage";
import type { SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";

/** Returns how the aggregates of a class are stored. Reports constraints that no store could keep to. */
export function aggregateStorage(aggregate: SoundElement<"aggregate">, report: Report): AggregateStorage {
  const { type, options } = aggregate;
  const stored = options.stored ?? (options.eventSourced ? "events" : "state");
  const { unique, indexes } = constraints(type, report);
  const storage: AggregateStorage = {
    stored,
    truth: stored === "both" ? (options.truth ?? "events") : stored,
    keepEventsMs: options.keepEvents === undefined ? undefined : durationMs.parse(options.keepEvents),
    opening: options.opening,
    unique,
    indexes: [
      ...unique.map((fields) => ({ fields, isUnique: true })),
      ...indexes.map((fields) => ({ fields, isUnique: false })),
    ],
  };
  if (isOpen(storage) !== isOpenClass(type))
    report(
      `${type.name} is declared twice, with other options: no two domains can store its aggregates in two ways`,
      type.name,
    );
  if (hasRow(storage)) return storage;
  if (indexes.length > 0)
    report(`${type.name} declares indexes, but it is stored as events alone, so that it has no table`, type.name);
  return { ...storage, indexes: [] };
}

type FieldLists = readonly (readonly string[])[];

/** Returns the valid lists of fields that were written behind a shape. */
function constraints(
  { name, shape }: { readonly name: string; readonly shape: Shape },
  report: Report,
): { readonly unique: FieldLists; readonly indexes: FieldLists } {
  const written: unknown = constraintsOf(shape);
  if (typeof written !== "object" || written === null || Array.isArray(written)) {
    report(`${name} declares ${inWords(written)} as constraints: write { unique: ["email"] } behind its fields`, name);
    return { unique: [], indexes: [] };
  }
  const { unique, indexes, ...unknown } = written as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(unknown)) {
    const hint = didYouMean(key, ["unique", "indexes"]);
    report(`${name} declares an unknown constraint "${key}"${hint}`, name);
  }
  const seen = new Set<string>();
  const lists = (option: "unique" | "indexes", value: unknown): FieldLists => {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      report(`${name} declares ${option} as ${inWords(value)}: it must be ${EXAMPLE}`, name);
      return [];
    }
    return value.flatMap((one: unknown) => {
      const fields = typeof one === "string" ? [one] : one;
      if (!isListOfTexts(fields)) {
        report(`${name} declares ${option} with ${inWords(one)}: it must be ${EXAMPLE}`, name);
        return [];
      }
      const faults = fields.flatMap((field) => fieldFault(field, shape));
      if (new Set(fields).size < fields.length) faults.push("names a field twice");
      if (faults.length === 0 && seen.has(fields.join())) faults.push("is declared twice");
      seen.add(fields.join());
      for (const fault of faults) report(`${name}: ${option} [${quoted(fields)}] ${fault}`, name);
      return faults.length > 0 ? [] : [fields];
    });
  };
  return { unique: lists("unique", unique), indexes: lists("indexes", indexes) };
}

const EXAMPLE = 'a list of fields, or of lists of fields, such as ["email", ["country", "taxId"]]';

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
}

function fieldFault(field: string, { fields, keys }: Shape): string[] {
  if (!keys.includes(field)) return [`names "${field}", which is no field of it${didYouMean(field, keys)}`];
  return fieldKind(fields[field] as Schema).type === "json"
    ? [`names "${field}", which has parts; keep what is searched for in a field of its own`]
    : [];
}
