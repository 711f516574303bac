import type { z } from "zod";

import type { Issue, RawIssue } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import { found, predicateOf } from "./predicates";
import { looksSecret } from "./secrets";
import { pathId, type SettingPath, type Table, valueAt } from "./setting-path";
import type { SettingsOrigin } from "./settings-layer";

export type Checked<T> = { readonly value: T } | { readonly faults: readonly string[] };

export interface CheckOptions {
  /** Ends the sentence about an unknown key that resembles no known one: `of provider "memory"`. */
  readonly unknownKey?: string;
  /** Keys that stand in the outermost table and are checked elsewhere: suggested for a misspelt one. */
  readonly otherKeys?: readonly string[];
}

/**
 * Checks settings against a schema. Texts that were filled from one variable become the numbers and booleans that
 * the schema asks for.
 *
 * @returns the schema's output, or a fault for each thing that is wrong, in the origin's words.
 */
export function checkSettings<S extends z.ZodObject>(
  settings: Table,
  schema: S,
  origin: SettingsOrigin,
  options: CheckOptions = {},
): Checked<z.output<S>> {
  const knownKeys = new Map<string, readonly string[]>();
  const error = (issue: RawIssue): string | undefined => {
    if (issue.code === "unrecognized_keys")
      knownKeys.set(pathId((issue.path ?? []) as SettingPath), keysOf(issue.inst));
    return predicateOf(issue);
  };
  for (let input = settings; ; ) {
    const result = schema.safeParse(input, { error });
    if (result.success) return { value: result.data };
    const converted = result.error.issues.reduce((table, issue) => convert(table, issue, origin), input);
    if (converted === input) return { faults: result.error.issues.flatMap((issue) => describe(issue, input)) };
    input = converted;
  }

  function describe(issue: Issue, input: Table): string[] {
    const path = issue.path as SettingPath;
    if (issue.code !== "unrecognized_keys") return [origin.fault(path, complain(issue, valueAt(input, path), origin))];
    const known = [...(knownKeys.get(pathId(path)) ?? []), ...((path.length === 0 && options.otherKeys) || [])];
    return issue.keys.map((key) => {
      const suggestion = didYouMean(key, known);
      return origin.fault([...path, key], `is not a setting${suggestion || (options.unknownKey ?? "")}`);
    });
  }
}

/** The keys of the object schema that an issue arose in. */
function keysOf(schema: unknown): readonly string[] {
  return typeof schema === "object" && schema !== null && "shape" in schema ? Object.keys(schema.shape as object) : [];
}

/** The settings with one text replaced by the number or boolean that the issue misses there, if it can be. */
function convert(settings: Table, issue: Issue, origin: SettingsOrigin): Table {
  const path = issue.path as SettingPath;
  const text = valueAt(settings, path);
  if (typeof text !== "string" || origin.filledFrom(path)?.wholly !== true) return settings;
  const kinds = missedKinds(issue);
  if (kinds.has("boolean") && (text === "true" || text === "false")) return withValue(settings, path, text === "true");
  if ((kinds.has("number") || kinds.has("int")) && /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) {
    return withValue(settings, path, Number(text));
  }
  return settings;
}

/** The types that would have been right: several in a union. */
function missedKinds(issue: Issue): ReadonlySet<string> {
  if (issue.code === "invalid_type") return new Set([issue.expected]);
  if (issue.code === "invalid_value") return new Set(issue.values.map((value) => typeof value));
  if (issue.code !== "invalid_union") return new Set();
  const options = issue.errors.flat().filter((option) => option.path.length === 0);
  return new Set(options.flatMap((option) => [...missedKinds(option)]));
}

function withValue(table: Table, [key, ...rest]: SettingPath, value: unknown): Table {
  const name = key as keyof Table;
  const replaced = rest.length === 0 ? value : withValue(table[name] as Table, rest, value);
  if (!Array.isArray(table)) return { ...table, [name]: replaced };
  return table.with(name as unknown as number, replaced) as unknown as Table;
}

function complain(issue: Issue, value: unknown, origin: SettingsOrigin): string {
  const path = issue.path as SettingPath;
  const predicate = withoutSecrets(issue.message, path, value, origin);
  if (!predicate.startsWith("must ")) return /^["a-z]/.test(predicate) ? predicate : `is not valid: ${predicate}`;
  if (value === undefined) return `is missing: it ${predicate}`;
  return `${predicate}, found ${shown(issue, value, origin)}${suggestionFor(issue, value, origin)}`;
}

function shown(issue: Issue, value: unknown, origin: SettingsOrigin): string {
  const source = origin.filledFrom(issue.path as SettingPath);
  if (source !== undefined) {
    const variables = [...new Set(source.variables)];
    const what = source.isDefault ? "default" : "value";
    return `the ${what}${variables.length > 1 ? "s" : ""} of ${variables.join(", ")}`;
  }
  if (looksSecret(issue.path as SettingPath, value)) return "(hidden)";
  return found(value, issue.code === "invalid_type" || issue.code === "invalid_union");
}

function suggestionFor(issue: Issue, value: unknown, origin: SettingsOrigin): string {
  if (issue.code !== "invalid_value" || typeof value !== "string") return "";
  if (origin.filledFrom(issue.path as SettingPath) !== undefined) return "";
  return didYouMean(
    value,
    issue.values.filter((option) => typeof option === "string"),
  );
}

/** A provider's own message may quote the value. A short one stands in the words of our own by chance. */
function withoutSecrets(message: string, path: SettingPath, value: unknown, origin: SettingsOrigin): string {
  if (typeof value !== "string" || value === "" || (value.length < 4 && message.startsWith("must "))) return message;
  const isHidden = origin.filledFrom(path) !== undefined || looksSecret(path, value);
  return isHidden ? message.replaceAll(value, "(hidden)") : message;
}
