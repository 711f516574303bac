import type { z } from "zod";

import type { Issue, RawIssue } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import { found, predicateOf } from "./predicates";
import { looksSecret } from "./secrets";
import { pathId, type SettingPath, type Table, valueAt } from "./setting-path";
import type { SettingsOrigin } from "./settings-layer";

type Checked<T> = { readonly value: T } | { readonly faults: readonly string[] };

interface CheckOptions {
  /** The end of the sentence about an unknown key that resembles no known key: ` of provider "memory"`. */
  readonly unknownKey?: string;
  /** Keys of the outermost table that are checked elsewhere. They are suggested for misspelt keys. */
  readonly otherKeys?: readonly string[];
}

/**
 * Validates settings by a schema. A text that was filled from one variable becomes the number or boolean that the schema expects.
 *
 * @returns the output of the schema, or the faults, each with its place from the origin.
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

/** Returns the keys of the object schema that an issue is about. */
function keysOf(schema: unknown): readonly string[] {
  return typeof schema === "object" && schema !== null && "shape" in schema ? Object.keys(schema.shape as object) : [];
}

/** Replaces a text by the number or boolean that the issue expects; returns the same settings where this is impossible. */
function convert(settings: Table, issue: Issue, origin: SettingsOrigin): Table {
  const path = issue.path as SettingPath;
  const text = valueAt(settings, path);
  if (typeof text !== "string" || origin.filledFrom(path)?.wholly !== true) return settings;
  const types = expectedTypes(issue);
  if (types.has("boolean") && (text === "true" || text === "false")) return withValue(settings, path, text === "true");
  if ((types.has("number") || types.has("int")) && /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) {
    return withValue(settings, path, Number(text));
  }
  return settings;
}

/** Returns the types that the issue expects: several for a union. */
function expectedTypes(issue: Issue): ReadonlySet<string> {
  if (issue.code === "invalid_type") return new Set([issue.expected]);
  if (issue.code === "invalid_value") return new Set(issue.values.map((value) => typeof value));
  if (issue.code !== "invalid_union") return new Set();
  const options = issue.errors.flat().filter((option) => option.path.length === 0);
  return new Set(options.flatMap((option) => [...expectedTypes(option)]));
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

/** Hides the value in a provider's own message. A message of ours may contain a short value by chance. */
function withoutSecrets(message: string, path: SettingPath, value: unknown, origin: SettingsOrigin): string {
  if (typeof value !== "string" || value === "" || (value.length < 4 && message.startsWith("must "))) return message;
  const isHidden = origin.filledFrom(path) !== undefined || looksSecret(path, value);
  return isHidden ? message.replaceAll(value, "(hidden)") : message;
}
