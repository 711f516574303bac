import { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { ValidationError } from "../errors/validation-error";
import type { OptionalCodec } from "./codec";
import { type Embedded, embeddedParts, hasDynamicParts } from "./embedded-parts";
import { exactJson } from "./exact-json";
import type { Fields, RawFields, ShapeOutput } from "./fields";
import { fingerprint } from "./fingerprint";
import { FlatJson } from "./flat-json";
import { assignFlat } from "./flat-values";
import { guardKeys } from "./guard-keys";
import { outputSchema } from "./output-schema";
import { ownMembers } from "./own-members";
import { parseNow } from "./parse-now";
import { storingOfAll } from "./plain-field";
import { StatusFields } from "./status-fields";
import { toStorable } from "./storable";
import { storageCodec } from "./storage-codec";
import { checkParts } from "./unsupported-parts";
import { zodMessages } from "./zod-messages";
import type { Schema, StrictObject } from "./zod-tree";

/** A declared zod shape, compiled once: it validates the values of its class and knows how they are stored. */
export class Shape<S extends Fields = z.ZodRawShape> {
  readonly keys: readonly string[];
  private strict: StrictObject<RawFields<S>> | undefined;
  /** How values are stored, where that needed no look at the whole schema: nothing is compiled before it is used. */
  private readonly storing: ReturnType<typeof storingOfAll>;
  private storage: { readonly codec: OptionalCodec } | undefined;
  private embedding: Embedding | undefined;
  private statusFields: { readonly found: StatusFields | undefined } | undefined;
  private outputs: Schema | undefined;
  private hash: string | undefined;
  private flat: FlatJson | undefined;
  /** True once an object of this shape had enumerable members in its prototype. */
  private inherits = false;

  /** @throws ConfigurationError listing each field whose type no store can keep, whose name is taken, or that is async. */
  constructor(
    readonly fields: S,
    takenNames: readonly string[] = [],
  ) {
    checkObject(fields);
    this.keys = Object.keys(fields);
    const isTaken = takenNames.length > 0 && this.keys.some((key) => takenNames.includes(key));
    this.storing = isTaken ? undefined : storingOfAll(fields);
    if (this.storing !== undefined) return;
    const faults = fieldFaults(fields, takenNames);
    const codec = storageCodec(this.schema, (path, reason) => faults.push(`field "${path}": ${reason}`));
    if (faults.length > 0) throw new ConfigurationError(faults, "a declared shape");
    this.storage = { codec };
  }

  /** The zod object of all fields, which takes no other ones. */
  get schema(): StrictObject<RawFields<S>> {
    this.strict ??= z.strictObject(this.fields as object as z.ZodRawShape) as unknown as StrictObject<RawFields<S>>;
    return this.strict;
  }

  private get codec(): OptionalCodec {
    this.storage ??= { codec: storageCodec(this.schema, () => undefined) };
    return this.storage.codec;
  }

  /** The embedded types in the values, at any depth. */
  get embeddedTypes(): readonly Embedded[] {
    return this.storing === undefined ? embeddedParts(this.schema) : [];
  }

  /** The fields that hold entities, at any depth. */
  get entityKeys(): readonly string[] {
    return this.embedded.entityKeys;
  }

  /** The fields declared with `status()`; undefined where there is none. */
  get statuses(): StatusFields | undefined {
    this.statusFields ??= { found: StatusFields.of(this.fields as object as z.ZodRawShape) };
    return this.statusFields.found;
  }

  /** Looked for at first use: a large domain declares thousands of shapes, and a process uses few of them. */
  private get embedded(): Embedding {
    this.embedding ??=
      this.embeddedTypes.length === 0
        ? NOTHING_EMBEDDED
        : embeddingOf(this.schema, this.keys, this.fields as Readonly<Record<string, object>>);
    return this.embedding;
  }

  /** The hash of the shape; see the function `fingerprint`. */
  get fingerprint(): string {
    this.hash ??= fingerprint(this.schema);
    return this.hash;
  }

  /**
   * Validates input against the shape and fills in defaults.
   *
   * @returns a frozen copy that shares nothing with the input.
   * @throws ValidationError
   */
  parse(input: unknown, subject: string): ShapeOutput<S> {
    return this.storable(this.valid(input, subject), subject) as ShapeOutput<S>;
  }

  /**
   * Validates input as `parse` does, and assigns the values to a new object.
   * @throws ValidationError
   */
  parseInto(target: object, input: unknown, subject: string): void {
    const values = this.valid(input, subject);
    if (!assignFlat(target, values, this.keys)) Object.assign(target, this.storable(values, subject));
  }

  private valid(input: unknown, subject: string): object {
    guardKeys(input, subject);
    const result = this.run(this.schema, input, subject);
    if (!result.success) throw new ValidationError(zodMessages(result.error), subject);
    return result.data;
  }

  /**
   * Validates some fields, as `parse` does. A field that is left out stays out, even one with a default.
   *
   * @throws ValidationError
   */
  parseSome(input: object, subject: string): Partial<ShapeOutput<S>> {
    guardKeys(input, subject);
    const given = Object.keys(input).flatMap((key) => {
      const field = Object.hasOwn(this.fields, key) ? this.fields[key] : undefined;
      return field === undefined ? [] : [[key, field] as const];
    });
    const result = this.run(z.strictObject(Object.fromEntries(given)), input, subject);
    if (!result.success) throw new ValidationError(zodMessages(result.error), subject);
    return this.storable(result.data, subject) as Partial<ShapeOutput<S>>;
  }

  /**
   * Returns a frozen copy of values that have the shape's types.
   *
   * @throws ValidationError for a value that cannot be stored, such as an instance of a class in a field that may hold anything.
   */
  storable(values: object, subject: string): object {
    const { embeds, isPartlyDynamic } = this.embedded;
    const copy = toStorable(values, { subject, rich: true, embedded: embeds });
    // The copy may hold instances: encoding those of embedding fields shows whether any other is left.
    if (isPartlyDynamic) toStorable(this.encode(copy), { subject });
    return copy;
  }

  /** Returns what is wrong with a state of the shape, or undefined. Fills in and converts nothing. */
  complaints(state: object): Record<string, string[]> | undefined {
    this.outputs ??= outputSchema(this.schema);
    const result = this.run(this.outputs, state, state.constructor.name);
    return result.success ? undefined : zodMessages(result.error);
  }

  /** Looks at the members of a prototype only after a complaint, which may be about them, and from then on at once. */
  private run(schema: Schema, input: unknown, subject: string): z.ZodSafeParseResult<object> {
    const parse = (value: unknown) => parseNow(schema, value, subject) as z.ZodSafeParseResult<object>;
    const result = parse(this.inherits ? ownMembers(input) : input);
    if (result.success || this.inherits) return result;
    const own = ownMembers(input);
    if (own === input) return result;
    this.inherits = true;
    return parse(own);
  }

  /** Turns values of the shape into JSON values. */
  encode(values: object): object {
    return this.codec === undefined ? values : (this.codec.encode(values) as object);
  }

  /** Writes values of the shape as the JSON text that is stored. */
  json(values: object): string {
    this.flat ??= new FlatJson(this.keys);
    const text = this.codec === undefined ? this.flat.write(values) : undefined;
    // Not the object itself: a message has a `toJSON` for whoever prints it.
    return text ?? exactJson(this.encode({ ...values }));
  }

  /** Turns parsed JSON into values of the shape, in place. */
  decode(json: object): object {
    return this.codec === undefined ? json : (this.codec.decode(json) as object);
  }

  /** True where stored values have to be converted when they are read. */
  get needsDecoding(): boolean {
    return this.storing === undefined ? this.codec !== undefined : this.storing === "converted";
  }
}

/** Which instances of classes the values of a shape hold. */
interface Embedding {
  readonly entityKeys: readonly string[];
  readonly embeds: boolean;
  /** Whether some part of the values may be anything besides. */
  readonly isPartlyDynamic: boolean;
}

function embeddingOf(schema: Schema, keys: readonly string[], fields: Readonly<Record<string, object>>): Embedding {
  const entityKeys = keys.filter((key) => embedsEntities(fields[key] as Schema));
  return { entityKeys, embeds: true, isPartlyDynamic: hasDynamicParts(schema) };
}

const NOTHING_EMBEDDED: Embedding = { entityKeys: [], embeds: false, isPartlyDynamic: false };

function embedsEntities(field: Schema): boolean {
  return embeddedParts(field).some(({ kind }) => kind !== "value object");
}

function checkObject(fields: unknown): void {
  if (typeof fields !== "object" || fields === null)
    throw new ConfigurationError("a shape is an object of zod schemas: { amount: z.number() }");
}

function fieldFaults(fields: object, takenNames: readonly string[]): string[] {
  const faults: string[] = [];
  for (const [key, field] of Object.entries(fields)) {
    if (takenNames.includes(key)) faults.push(`field "${key}": the name is taken`);
    checkParts(field, (fault) => faults.push(`field "${key}": ${fault}`));
  }
  if (faults.length > 0) throw new ConfigurationError(faults, "a declared shape");
  return faults;
}
