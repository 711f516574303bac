import type { OptionalCodec, StorageCodec } from "./codec";
import { dynamicCodec } from "./dynamic-codec";
import { embeddedParts } from "./embedded-parts";
import { FORBIDDEN_KEYS } from "./storable";
import { nodeOf, type Schema, type SchemaNode, undividedType, valuesOf } from "./zod-tree";

/**
 * Derives from a zod schema how its values are stored: `Date` as ISO text, `bigint` and `Decimal` as their digits in a
 * text, and with a tag whatever has its type only at run time (`any`, transforms, unions with such a value).
 *
 * @param refuse called with each path whose type no store can keep, and the reason.
 */
export function storageCodec(schema: Schema, refuse: (path: string, reason: string) => void): OptionalCodec {
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

const CODECS: Readonly<Record<string, StorageCodec>> = {
  date: { encode: (value) => (value as Date).toISOString(), decode: (json) => new Date(json as string) },
  bigint: { encode: (value) => String(value), decode: (json) => BigInt(json as string) },
};

class CodecCompiler {
  private readonly compiled = new Map<Schema, OptionalCodec>();
  private readonly underWay = new Set<Schema>();

  private forVariants: CodecCompiler | undefined;

  /** @param isForVariants whether everything is stored with its type, down to the embedded values in it. */
  constructor(
    private readonly refuse: (path: string, reason: string) => void,
    private readonly isForVariants = false,
  ) {}

  compile(schema: Schema, path: string): OptionalCodec {
    const undivided = undividedType(schema);
    if (undivided !== undefined) return this.isForVariants ? dynamicCodec : CODECS[undivided];
    const node = nodeOf(schema);
    const reason = node.kind === "leaf" ? UNSTORABLE[node.type] : undefined;
    if (reason !== undefined) this.refuse(path, reason);
    if (this.compiled.has(schema)) return this.compiled.get(schema);
    if (this.underWay.has(schema)) return this.deferred(schema);
    this.underWay.add(schema);
    const derived = this.derive(schema, node, path);
    const codec = this.isForVariants && embeddedParts(schema).length === 0 ? dynamicCodec : derived;
    this.underWay.delete(schema);
    this.compiled.set(schema, codec);
    return codec;
  }

  private derive(schema: Schema, node: SchemaNode, path: string): OptionalCodec {
    switch (node.kind) {
      case "own":
        return node.type.codec;
      case "leaf":
        return node.isDynamic ? dynamicCodec : CODECS[node.type];
      case "enum":
        return undefined;
      case "literal":
        return node.values.some((value) => typeof value === "bigint") ? dynamicCodec : undefined;
      case "object":
        return this.object(node, path);
      case "record":
        this.compile(node.key, path);
        return each(this.compile(node.value, `${path}[]`), mapValues);
      case "array":
        return each(this.compile(node.item, `${path}[]`), mapItems);
      case "tuple":
        return this.tuple(node, embeddedParts(schema).length > 0, path);
      case "union":
        return node.discriminator !== undefined && embeddedParts(schema).length > 0
          ? this.variants(node.options, node.discriminator, path)
          : this.anyOf(node.options, path);
      case "intersection":
        return this.anyOf(node.options, path);
      case "pipe":
        return this.compile(node.output, path);
      case "lazy":
        return this.compile(node.resolve(), path);
      default:
        return unlessNothing(this.compile(node.inner, path));
    }
  }

  private object({ fields, rest }: Extract<SchemaNode, { kind: "object" }>, path: string): OptionalCodec {
    const codecs: [string, StorageCodec][] = [];
    for (const [key, field] of Object.entries(fields)) {
      const fieldPath = path === "" ? key : `${path}.${key}`;
      if (FORBIDDEN_KEYS.has(key)) this.refuse(fieldPath, "the name is not allowed");
      const codec = this.compile(field, fieldPath);
      if (codec !== undefined) codecs.push([key, codec]);
    }
    const others = rest === undefined ? undefined : this.compile(rest, `${path}.*`);
    if (others !== undefined) return openObject(new Set(Object.keys(fields)), new Map(codecs), others);
    return codecs.length === 0 ? undefined : closedObject(codecs);
  }

  private tuple({ items, rest }: Extract<SchemaNode, { kind: "tuple" }>, embeds: boolean, path: string): OptionalCodec {
    if (!embeds) return this.anyOf([...items, ...(rest ? [rest] : [])], path);
    const codecs = items.map((item, index) => this.compile(item, `${path}[${index}]`));
    const others = rest ? this.compile(rest, `${path}[]`) : undefined;
    return positions((index) => (index < codecs.length ? codecs[index] : others));
  }

  /**
   * The discriminator says which variant a stored value is. The parts of a variant without embedded values are stored with their
   * types, as in any other union, so that a variant with a value object can be added to a union that was stored before.
   */
  private variants(options: readonly Schema[], discriminator: string, path: string): StorageCodec {
    this.forVariants ??= this.isForVariants ? this : new CodecCompiler(this.refuse, true);
    const codecs = new Map<unknown, OptionalCodec>();
    for (const option of options) {
      const codec = this.forVariants.compile(option, path);
      for (const value of valuesOf(option, discriminator)) codecs.set(value, codec);
    }
    const codecOf = (value: unknown, read: (part: unknown) => unknown): StorageCodec => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return dynamicCodec;
      // A variant that is no longer declared is read like any value of a type that is known at run time only.
      return codecs.get(read((value as Readonly<Record<string, unknown>>)[discriminator])) ?? dynamicCodec;
    };
    return {
      encode: (value) => codecOf(value, (part) => part).encode(value),
      decode: (json) => codecOf(json, dynamicCodec.decode).decode(json),
    };
  }

  /** A value that may have several types is stored with its type. */
  private anyOf(options: readonly Schema[], path: string): OptionalCodec {
    const [embedded] = options.flatMap(embeddedParts);
    if (embedded !== undefined) {
      const { name } = embedded.type;
      const reason = "because what is stored would not say which one it is; use z.discriminatedUnion()";
      this.refuse(path, `${name} cannot be one of several types, ${reason}`);
    }
    const codecs = options.map((option) => this.compile(option, path));
    return codecs.some((codec) => codec !== undefined) ? dynamicCodec : undefined;
  }

  /** The codec of a schema that contains itself is looked up when a value is converted, since it is not derived yet. */
  private deferred(schema: Schema): StorageCodec {
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
