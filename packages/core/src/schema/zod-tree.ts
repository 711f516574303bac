import { z } from "zod";

import type { StorageCodec } from "./codec";

// The only file that knows the inside of zod's schemas: if zod changes it, only this file changes.

/** A zod schema of any kind. */
export type Schema = z.core.$ZodType;
export type StrictObject<S extends z.ZodRawShape> = z.ZodObject<S, z.core.$strict>;
export type Issue = z.core.$ZodIssue;
export type RawIssue = z.core.$ZodRawIssue;
export type Issues = z.core.$ZodError;

/** The meaning of one schema, with the schemas that it is made of. */
export type SchemaNode =
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Schema>>; readonly rest: Schema | undefined }
  | { readonly kind: "array"; readonly item: Schema }
  | { readonly kind: "tuple"; readonly items: readonly Schema[]; readonly rest: Schema | undefined }
  | { readonly kind: "record"; readonly key: Schema; readonly value: Schema }
  /** `discriminator` is the field whose value says which option a value has, where the union declares one. */
  | { readonly kind: "union"; readonly options: readonly Schema[]; readonly discriminator: string | undefined }
  | { readonly kind: "intersection"; readonly options: readonly Schema[] }
  | { readonly kind: "enum" | "literal"; readonly values: readonly unknown[] }
  | { readonly kind: "optional" | "nullable" | "nonoptional" | "catch" | "readonly"; readonly inner: Schema }
  /** `read` evaluates the default anew each time. */
  | { readonly kind: "default" | "prefault"; readonly inner: Schema; readonly read: () => unknown }
  | { readonly kind: "pipe"; readonly input: Schema; readonly output: Schema }
  | { readonly kind: "lazy"; readonly resolve: () => Schema }
  | { readonly kind: "own"; readonly type: OwnType }
  /** A type without parts, by zod's name. The values of a dynamic type may be anything. */
  | { readonly kind: "leaf"; readonly type: string; readonly isDynamic: boolean };

/** Reads one schema, without looking into its parts. */
export function nodeOf(schema: Schema): SchemaNode {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return { kind: def.type, fields: def.shape, rest: def.catchall };
    case "array":
      return { kind: def.type, item: def.element };
    case "tuple":
      return { kind: def.type, items: def.items, rest: def.rest ?? undefined };
    case "record":
      return { kind: def.type, key: def.keyType, value: def.valueType };
    case "union":
      return {
        kind: def.type,
        options: def.options,
        discriminator: discriminatorOf(def),
      };
    case "intersection":
      return { kind: def.type, options: [def.left, def.right] };
    case "enum":
      return { kind: def.type, values: Object.values(def.entries) };
    case "literal":
      return { kind: def.type, values: def.values };
    case "optional":
    case "nullable":
    case "nonoptional":
    case "catch":
    case "readonly":
      return { kind: def.type, inner: def.innerType };
    case "default":
    case "prefault":
      return { kind: def.type, inner: def.innerType, read: () => def.defaultValue };
    case "pipe":
      return { kind: def.type, input: def.in, output: def.out };
    case "lazy":
      return { kind: def.type, resolve: () => def.getter() };
    case "custom": {
      const type = (def as Partial<OwnDef>).tidemark;
      return type === undefined ? leaf(def.type, true) : { kind: "own", type };
    }
    default:
      return leaf(def.type, def.type === "any" || def.type === "unknown" || def.type === "transform");
  }
}

/** A union that tries every option in the end does not know them by the discriminator alone. */
function discriminatorOf(def: z.core.$ZodUnionDef): string | undefined {
  const { discriminator, unionFallback } = def as Partial<z.core.$ZodDiscriminatedUnionDef>;
  return unionFallback === true ? undefined : discriminator;
}

function leaf(type: string, isDynamic: boolean): SchemaNode {
  return { kind: "leaf", type, isDynamic };
}

/** Lists the schemas of the parts of a value, without the keys of records, which are always texts. */
export function partsOf(schema: Schema): readonly Schema[] {
  const node = nodeOf(schema);
  switch (node.kind) {
    case "object":
      return withRest(Object.values(node.fields), node.rest);
    case "array":
      return [node.item];
    case "tuple":
      return withRest(node.items, node.rest);
    case "record":
      return [node.value];
    case "union":
    case "intersection":
      return node.options;
    case "pipe":
      return [node.output];
    case "lazy":
      return [node.resolve()];
    case "own":
      return node.type.schema === undefined ? [] : [node.type.schema];
    default:
      return "inner" in node ? [node.inner] : [];
  }
}

/** Returns the values that a field of an option of a discriminated union may have. */
export function valuesOf(option: Schema, field: string): ReadonlySet<unknown> {
  return option._zod.propValues?.[field] ?? new Set();
}

function withRest(parts: readonly Schema[], rest: Schema | undefined): readonly Schema[] {
  return rest === undefined ? parts : [...parts, rest];
}

/** True for a schema that itself calls a function for which `is` holds: a refinement, a transform, a custom check. */
export function calls(schema: Schema, is: (body: object) => boolean): boolean {
  const holds = (body: unknown) => typeof body === "function" && is(body);
  const { fn, transform, reverseTransform, checks } = definitionOf(schema) as Partial<
    Readonly<Record<string, unknown>>
  > &
    Pick<Schema["_zod"]["def"], "checks">;
  if (holds(fn) || holds(transform) || holds(reverseTransform)) return true;
  if (checks === undefined) return false;
  // `.check(f)` keeps f itself; `.refine(f)` keeps it in the definition of its check, and `z.custom(f)` in that of the schema.
  for (const { _zod: inner } of checks)
    if (holds((inner.def as { readonly fn?: unknown }).fn) || holds(inner.check)) return true;
  return false;
}

/** Returns zod's name of the type of a schema that has no parts and is not dynamic; undefined for any other schema. */
export function undividedType(schema: Schema): string | undefined {
  const { type } = schema._zod.def;
  return UNDIVIDED.has(type) ? type : undefined;
}

/** True for a schema of numbers that takes whole ones only: `z.int()`, `z.number().int()`. */
export function takesWholeNumbers(schema: Schema): boolean {
  const { def } = schema._zod;
  const isWhole = (part: object) => WHOLE.has((part as { readonly format?: unknown }).format);
  return isWhole(def) || (def.checks ?? []).some((check) => isWhole(check._zod.def));
}

/**
 * True for a schema that says nothing of a value beyond its type: no limit, no pattern, no refinement. False where that cannot be told
 * at a glance.
 */
export function saysTypeOnly(schema: Schema): boolean {
  const { type, checks = [] } = schema._zod.def;
  if (checks.length > 0) return false;
  const node = nodeOf(schema);
  if (node.kind === "optional" || node.kind === "nullable" || node.kind === "default") return saysTypeOnly(node.inner);
  if (node.kind === "own") return node.type.schema === undefined;
  if (node.kind === "enum") return true;
  return UNDIVIDED.has(type) && (definitionOf(schema).check === undefined || takesWholeNumbers(schema));
}

const WHOLE: ReadonlySet<unknown> = new Set(["safeint", "int32", "uint32"]);

/** Copies a schema, which takes half the time of making one with a check anew. */
export function copyOf<S extends Schema>(schema: S): S {
  return z.core.clone(schema);
}

const UNDIVIDED: ReadonlySet<string> = new Set([
  "string",
  "number",
  "boolean",
  "bigint",
  "date",
  "enum",
  "int",
  "null",
]);

/** True for the error of a synchronous parse that a schema answered with a promise. */
export function isAsyncError(error: unknown): boolean {
  return error instanceof z.core.$ZodAsyncError;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "_zod" in value;
}

/** Returns the schema with its parts converted; the schema itself where the conversion changes none of them. */
export function withParts(schema: Schema, convert: (part: Schema) => Schema): Schema {
  const def = definitionOf(schema);
  const names = PARTS[schema._zod.def.type] ?? [];
  return changed(schema, Object.fromEntries(names.map((name) => [name, converted(def[name], convert)])));
}

/** The properties in which the definition of a schema keeps its parts. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  object: ["shape", "catchall"],
  array: ["element"],
  tuple: ["items", "rest"],
  record: ["valueType"],
  union: ["options"],
  intersection: ["left", "right"],
  optional: ["innerType"],
  nullable: ["innerType"],
  nonoptional: ["innerType"],
};

function converted(part: unknown, convert: (part: Schema) => Schema): unknown {
  if (part === undefined || part === null) return part;
  if (isSchema(part)) return convert(part);
  const before = part as Readonly<Record<string, Schema>>;
  const entries = Object.entries(before).map(([key, schema]) => [key, convert(schema)] as const);
  if (entries.every(([key, schema]) => schema === before[key])) return part;
  return Array.isArray(part) ? entries.map(([, schema]) => schema) : Object.fromEntries(entries);
}

/** Adds the checks of another schema to those of a schema. */
export function withChecksOf(schema: Schema, other: Schema): Schema {
  const { checks = [] } = other._zod.def;
  return checks.length === 0 ? schema : changed(schema, { checks: [...(schema._zod.def.checks ?? []), ...checks] });
}

/** Returns the schema without the conversion of input that `z.coerce` adds. */
export function withoutCoercion(schema: Schema): Schema {
  return definitionOf(schema).coerce === true ? changed(schema, { coerce: false }) : schema;
}

/** Replaces the type of a schema that `ownSchema` made. */
export function withOwnType(schema: Schema, tidemark: OwnType): Schema {
  return changed(schema, { tidemark });
}

/** Marks a schema. `.describe()`, `.refine()` and other methods of zod keep the mark. */
export function marked<S extends Schema>(schema: S, name: string, mark: unknown): S {
  return changed(schema, { [name]: mark });
}

/** Returns the mark of a schema, or of a schema that it wraps. */
export function markOf(schema: Schema, name: string): unknown {
  for (const layer of layersOf(schema)) {
    const mark = definitionOf(layer)[name];
    if (mark !== undefined) return mark;
  }
  return undefined;
}

/** Lists a schema and the schemas that it wraps (by `.optional()`, `.default()`, …), the outermost first. */
function layersOf(schema: Schema): readonly Schema[] {
  const node = nodeOf(schema);
  return "inner" in node ? [schema, ...layersOf(node.inner)] : [schema];
}

function definitionOf(schema: Schema): Readonly<Record<string, unknown>> {
  return schema._zod.def as unknown as Readonly<Record<string, unknown>>;
}

function changed<S extends Schema>(schema: S, properties: Readonly<Record<string, unknown>>): S {
  const def = definitionOf(schema);
  const isSame = Object.entries(properties).every(([name, value]) => def[name] === value);
  return isSame ? schema : z.core.clone(schema, { ...def, ...properties } as unknown as S["_zod"]["def"]);
}

type Check<T> = z.core.$ZodCheck<T>;

/**
 * Makes a check for values that have the right type.
 *
 * @param complaint returns what is wrong with a value, or undefined.
 */
export function checkOf<T>(complaint: (value: T) => string | undefined): Check<T> {
  return z.check<T>(({ value, issues }) => {
    const message = complaint(value);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  });
}

/** True for a schema with this check, and for one that wraps such a schema. */
export function hasCheck<T>(schema: Schema, check: Check<T>): boolean {
  return layersOf(schema).some(({ _zod: { def } }) => def.checks?.includes(check as Check<never>));
}

/** A value that is being parsed, with the complaints about it so far. */
export type Payload = z.core.ParsePayload;
export type ParseStep = (payload: Payload, context: z.core.ParseContextInternal) => Payload;

/** A type that zod does not know: decimals, and instances of classes with a shape. */
export interface OwnType {
  readonly kind: string;
  readonly codec: StorageCodec;
  /** Converts input to a value of the type. */
  readonly accept: ParseStep;
  /** Checks a value of the type, without converting it. */
  readonly inspect: ParseStep;
  /** Adds methods to each schema of the type. */
  readonly extend?: (schema: z.ZodType) => void;
  /** The schema of the fields of a value, for the instances of a class. */
  readonly schema?: Schema;
}

interface OwnDef extends z.core.$ZodTypeDef {
  readonly type: "custom";
  readonly tidemark: OwnType;
}

interface OwnSchema extends z.ZodType {
  readonly _zod: z.core.$ZodTypeInternals & { def: OwnDef };
}

const OwnSchema = z.core.$constructor<OwnSchema, OwnDef>("TidemarkType", (schema, def) => {
  z.ZodType.init(schema, def);
  schema._zod.parse = (payload, context) => def.tidemark.accept(payload, context);
  def.tidemark.extend?.(schema);
});

/** Makes a schema of one of our own types, with the methods of any other: `.optional()`, `.refine()`, … */
export function ownSchema<S extends z.ZodType>(type: OwnType): S {
  return new OwnSchema({ type: "custom", tidemark: type }) as z.ZodType as S;
}

/** Adds a complaint about the value, or about the part of it at `path`. */
export function complain(payload: Payload, message: string, path: readonly PropertyKey[] = []): Payload {
  payload.issues.push({ code: "custom", message, path: [...path], input: payload.value });
  return payload;
}

/** Adds zod's complaint about a value of another type. */
export function complainOfType(payload: Payload, expected: string): Payload {
  payload.issues.push({ code: "invalid_type", expected, input: payload.value });
  return payload;
}

/**
 * Parses a part of the value, and adds the complaints about the part to those about the value.
 *
 * @param part.key the place of the part in the value; absent for the value itself.
 * @returns the parsed part, with the complaints about it.
 */
export function parsePart(
  payload: Payload,
  part: { readonly value: unknown; readonly key?: string | number },
  parse: (payload: Payload) => Payload,
): Payload {
  const parsed = parse({ value: part.value, issues: [] });
  for (const issue of parsed.issues)
    payload.issues.push(part.key === undefined ? issue : { ...issue, path: [part.key, ...(issue.path ?? [])] });
  return parsed;
}

/** Returns the step that parses a value by a schema. */
export function stepOf(schema: Schema): ParseStep {
  // Shapes are parsed synchronously: zod throws where a step is asynchronous.
  return (payload, context) => schema._zod.run(payload, context) as Payload;
}
