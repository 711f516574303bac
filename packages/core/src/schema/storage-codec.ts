import type { z } from "zod";

import type { OptionalCodec, StorageCodec } from "./codec";
import { isDecimalDef } from "./decimal";
import { decimalCodec } from "./decimal-codec";
import { dynamicCodec } from "./dynamic-codec";
import { embeddedOf } from "./embedded";
import { embeddedParts } from "./embedded-parts";
import { FORBIDDEN_KEYS } from "./settle";

/**
 * Derives from a zod schema how its values are stored: `Date` as ISO text, `bigint` and `Decimal` as their digits in a
 * text, anything whose type only shows at run time (unions of such, `any`, transforms) with a tag.
 *
 * @param refuse is told each path whose type no store can keep, with the reason.
 */
export function storageCodec(schema: z.core.$ZodType, refuse: (path: string, reason: string) => void): OptionalCodec {
  return new CodecCompiler(refuse).compile(schema, "");
}

const UNSTORABLE: Readonly<Record<string, string>> = {
  map: "a Map cannot be stored; use z.record()",
  set: "a Set cannot be stored; use z.array()",
  symbol: "a symbol cannot be stored",
  function: "a function cannot be stored",
  promise: "a Promise cannot be stored",
  file: "a File cannot be stored",
  nan: "NaN cannot be stored",
};

class CodecCompiler {
  private readonly compiled = new Map<z.core.$ZodType, OptionalCodec>();
  private readonly underWay = new Set<z.core.$ZodType>();

  constructor(private readonly refuse: (path: string, reason: string) => void) {}

  compile(schema: z.core.$ZodType, path: string): OptionalCodec {
    const { type } = schema._zod.def;
    if (type in UNSTORABLE) this.refuse(path, UNSTORABLE[type] as string);
    if (this.compiled.has(schema)) return this.compiled.get(schema);
    if (this.underWay.has(schema)) return this.deferred(schema);
    this.underWay.add(schema);
    const codec = this.derive(schema as z.core.$ZodTypes, path);
    this.underWay.delete(schema);
    this.compiled.set(schema, codec);
    return codec;
  }

  private derive(schema: z.core.$ZodTypes, path: string): OptionalCodec {
    const { def } = schema._zod;
    const embedded = embeddedOf(schema);
    if (embedded !== undefined) return embedded.codec;
    switch (def.type) {
      case "date":
        return { encode: (value) => (value as Date).toISOString(), decode: (json) => new Date(json as string) };
      case "bigint":
        return { encode: (value) => String(value), decode: (json) => BigInt(json as string) };
      case "literal":
        return def.values.some((value) => typeof value === "bigint") ? dynamicCodec : undefined;
      case "custom":
        return isDecimalDef(def) ? decimalCodec : dynamicCodec;
      case "any":
      case "unknown":
      case "transform":
        return dynamicCodec;
      case "object":
        return this.object(def.shape, def.catchall, path);
      case "record":
        this.compile(def.keyType, path);
        return each(this.compile(def.valueType, `${path}[]`), mapValues);
      case "array":
        return each(this.compile(def.element, `${path}[]`), mapItems);
      case "tuple":
        return this.tuple(schema as z.core.$ZodTuple, path);
      case "union":
        return this.anyOf(def.options, path);
      case "intersection":
        return this.anyOf([def.left, def.right], path);
      case "nullable":
      case "optional":
      case "nonoptional":
      case "default":
      case "prefault":
      case "catch":
      case "readonly":
        return unlessNothing(this.compile(def.innerType, path));
      case "pipe":
        return this.compile(def.out, path);
      case "lazy":
        return this.compile(def.getter(), path);
      default:
        return undefined;
    }
  }

  private object(shape: z.core.$ZodShape, rest: z.core.$ZodType | undefined, path: string): OptionalCodec {
    const fields: [string, StorageCodec][] = [];
    for (const [key, field] of Object.entries(shape)) {
      const fieldPath = path === "" ? key : `${path}.${key}`;
      if (FORBIDDEN_KEYS.has(key)) this.refuse(fieldPath, "the name is not allowed");
      const codec = this.compile(field, fieldPath);
      if (codec !== undefined) fields.push([key, codec]);
    }
    const others = rest === undefined ? undefined : this.compile(rest, `${path}.*`);
    if (others !== undefined) return openObject(new Set(Object.keys(shape)), new Map(fields), others);
    return fields.length === 0 ? undefined : closedObject(fields);
  }

  private tuple(schema: z.core.$ZodTuple, path: string): OptionalCodec {
    const { items, rest } = schema._zod.def;
    if (embeddedParts(schema).length === 0) return this.anyOf([...items, ...(rest ? [rest] : [])], path);
    const codecs = items.map((item, index) => this.compile(item, `${path}[${index}]`));
    const others = rest ? this.compile(rest, `${path}[]`) : undefined;
    return positions((index) => (index < codecs.length ? codecs[index] : others));
  }

  /** Where one value may be of several types, what it is has to be written beside it. */
  private anyOf(options: readonly z.core.$ZodType[], path: string): OptionalCodec {
    const [embedded] = options.flatMap(embeddedParts);
    if (embedded !== undefined) {
      const { name } = embedded.type;
      this.refuse(path, `${name} cannot be one of several types: what is stored would not say which one it is`);
    }
    const codecs = options.map((option) => this.compile(option, path));
    return codecs.some((codec) => codec !== undefined) ? dynamicCodec : undefined;
  }

  /** A schema that contains itself is looked up when a value comes by. */
  private deferred(schema: z.core.$ZodType): StorageCodec {
    const { compiled } = this;
    return {
      encode: (value) => encodeWith(compiled.get(schema), value),
      decode: (json) => decodeWith(compiled.get(schema), json),
    };
  }
}

function encodeWith(codec: OptionalCodec, value: unknown): unknown {
  return codec === undefined || value === undefined || value === null ? value : codec.encode(value);
}

function decodeWith(codec: OptionalCodec, json: unknown): unknown {
  return codec === undefined || json === undefined || json === null ? json : codec.decode(json);
}

function unlessNothing(codec: OptionalCodec): OptionalCodec {
  if (codec === undefined || codec === dynamicCodec) return codec;
  return { encode: (value) => encodeWith(codec, value), decode: (json) => decodeWith(codec, json) };
}

type Mapping = (container: unknown, convert: (item: unknown) => unknown) => unknown;

function each(codec: OptionalCodec, mapping: Mapping): OptionalCodec {
  if (codec === undefined) return undefined;
  return { encode: (value) => mapping(value, codec.encode), decode: (json) => mapping(json, codec.decode) };
}

const mapItems: Mapping = (items, convert) => (items as unknown[]).map((item) => convert(item));

const mapValues: Mapping = (record, convert) =>
  Object.fromEntries(Object.entries(record as object).map(([key, value]) => [key, convert(value)]));

function positions(codecAt: (index: number) => OptionalCodec): StorageCodec {
  return {
    encode: (values) => (values as unknown[]).map((value, index) => encodeWith(codecAt(index), value)),
    decode: (json) => (json as unknown[]).map((value, index) => decodeWith(codecAt(index), value)),
  };
}

function closedObject(fields: readonly (readonly [string, StorageCodec])[]): StorageCodec {
  return {
    encode(value) {
      const json = { ...(value as Record<string, unknown>) };
      for (const [key, codec] of fields) if (json[key] !== undefined) json[key] = codec.encode(json[key]);
      return json;
    },
    decode(json) {
      const value = json as Record<string, unknown>;
      for (const [key, codec] of fields) if (value[key] !== undefined) value[key] = codec.decode(value[key]);
      return value;
    },
  };
}

function openObject(
  declared: ReadonlySet<string>,
  fields: ReadonlyMap<string, StorageCodec>,
  rest: StorageCodec,
): StorageCodec {
  const convert = (object: unknown, direction: "encode" | "decode"): unknown =>
    Object.fromEntries(
      Object.entries(object as object).map(([key, value]) => {
        const codec = declared.has(key) ? fields.get(key) : rest;
        return [key, value === undefined || codec === undefined ? value : codec[direction](value)];
      }),
    );
  return { encode: (value) => convert(value, "encode"), decode: (json) => convert(json, "decode") };
}
