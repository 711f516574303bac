import { z } from "zod";

import { type ElementKind, type OptionsOf, rulesOf } from "../decorators/element-kinds";
import type { Issue, Schema } from "../schema/zod-tree";
import { alternatives } from "../wording/alternatives";
import { didYouMean } from "../wording/did-you-mean";
import type { Declaration } from "./registry";

/**
 * Checks the options of a class decorator.
 * @returns those options that are valid, and a fault for each that is unknown, missing or invalid.
 */
export function checkOptions({ kind, options }: Declaration): {
  readonly options: Partial<OptionsOf<ElementKind>>;
  readonly faults: readonly string[];
} {
  const schema = schemaOf(kind);
  const issues = schema.safeParse(options).error?.issues ?? [];
  const invalid = new Set<PropertyKey | undefined>(issues.map(({ path }) => path[0]));
  const valid = Object.entries(options).filter(([key]) => Object.hasOwn(schema.shape, key) && !invalid.has(key));
  // An invalid list has an issue for each of its items.
  const faults = new Set(issues.flatMap((issue) => faultsOf(issue, schema, { kind, options })));
  const conflicts = rulesOf(kind).conflicts?.(options) ?? [];
  return {
    options: Object.fromEntries(valid),
    faults: [...faultsOfChoice({ kind, options }), ...faults, ...conflicts],
  };
}

/** Says that one option of several is missing, or that more than one is given. */
function faultsOfChoice({ kind, options }: Declaration): string[] {
  const { oneOf = [] } = rulesOf(kind);
  const given = oneOf.filter((option) => options[option] !== undefined);
  if (oneOf.length === 0 || given.length === 1) return [];
  const written = oneOf.map((option) => JSON.stringify(option));
  if (given.length > 1) return [`has the options ${written.join(" and ")}, of which it takes one`];
  const holdsUndefined = oneOf.find((option) => Object.hasOwn(options, option));
  return [
    holdsUndefined === undefined
      ? `needs the option ${alternatives(written)}`
      : `needs the option "${holdsUndefined}", ${CIRCLE}`,
  ];
}

const schemas = new Map<ElementKind, z.ZodObject>();

function schemaOf(kind: ElementKind): z.ZodObject {
  const schema = schemas.get(kind) ?? z.strictObject(rulesOf(kind).options);
  schemas.set(kind, schema);
  return schema;
}

function faultsOf(issue: Issue, schema: z.ZodObject, { kind, options }: Declaration): string[] {
  const path = issue.path.filter((step) => typeof step === "string");
  const [option, ...below] = path;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => `has an unknown option "${[...path, key].join(".")}"${didYouMean(key, known)}`);
  }
  if (option !== undefined && rulesOf(kind).references?.some((reference) => reference.option === option)) {
    const hasUndefined = Object.hasOwn(options, option) && [options[option]].flat().includes(undefined);
    if (hasUndefined) return [`needs the option "${option}", ${CIRCLE}`];
  }
  if (option !== undefined && below.length === 0 && options[option] === undefined)
    return [`needs the option "${option}"`];
  return [`has a bad option "${path.join(".")}": ${issue.message}`];
}

const CIRCLE =
  "which holds undefined: in a circle of imports a class is not defined yet where the decorator stands; write its name in quotes";

function keysAt(schema: Schema | undefined, path: readonly string[]): readonly string[] {
  const object = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (!(object instanceof z.ZodObject)) return [];
  const [key, ...below] = path;
  return key === undefined ? Object.keys(object.shape) : keysAt(object.shape[key], below);
}
