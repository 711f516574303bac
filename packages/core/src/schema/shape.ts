import { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { ValidationError } from "../errors/validation-error";
import type { OptionalCodec } from "./codec";
import { embeddedParts, hasDynamicParts } from "./embedded-parts";
import { fingerprint } from "./fingerprint";
import { guardKeys } from "./guard-keys";
import { outputSchema } from "./output-schema";
import { settle } from "./settle";
import { StatusFields } from "./status-fields";
import { storageCodec } from "./storage-codec";
import { zodMessages } from "./zod-messages";

/** What the constructor of a class with this shape takes: defaults and optionals may be left out. */
export type ShapeInput<S extends z.ZodRawShape> = z.input<z.ZodObject<S>>;
/** zod's type of an object without fields would forbid its class to have methods. */
export type ShapeOutput<S extends z.ZodRawShape> = [keyof S] extends [never]
  ? Record<never, never>
  : z.output<z.ZodObject<S>>;

/** A declared zod shape, compiled once: what its class validates with, and how its values are stored. */
export class Shape<S extends z.ZodRawShape = z.ZodRawShape> {
  readonly keys: readonly string[];
  readonly schema: z.ZodObject<S, z.core.$strict>;
  /** Fields that hold entities, at any depth. */
  readonly entityKeys: readonly string[];
  private readonly embeds: boolean;
  private readonly isPartlyDynamic: boolean;
  /** Its fields declared with `status()`, if any. */
  readonly statuses: StatusFields | undefined;
  private outputs: z.core.$ZodType | undefined;
  private readonly codec: OptionalCodec;
  private hash: string | undefined;

  /** @throws ConfigurationError listing each field whose type no store can keep or whose name is taken. */
  constructor(
    readonly fields: S,
    takenNames: readonly string[] = [],
  ) {
    const faults = nameFaults(fields, takenNames);
    this.keys = Object.keys(fields);
    this.schema = z.strictObject(fields);
    this.codec = storageCodec(this.schema, (path, reason) => faults.push(`field "${path}": ${reason}`));
    if (faults.length > 0) throw new ConfigurationError(faults, "a declared shape");
    this.entityKeys = this.keys.filter((key) => embedsEntities(fields[key] as z.core.$ZodType));
    this.embeds = embeddedParts(this.schema).length > 0;
    this.isPartlyDynamic = this.embeds && hasDynamicParts(this.schema);
    this.statuses = StatusFields.of(fields);
  }

  /** Hash of the shape; see `fingerprint`. */
  get fingerprint(): string {
    this.hash ??= fingerprint(this.schema);
    return this.hash;
  }

  /**
   * Checks input against the shape and fills in defaults.
   * @returns a frozen copy that shares nothing with the input.
   * @throws ValidationError
   */
  parse(input: unknown, subject: string): ShapeOutput<S> {
    guardKeys(input, subject);
    const result = this.schema.safeParse(input);
    if (!result.success) throw new ValidationError(zodMessages(result.error), subject);
    return this.settled(result.data, subject) as ShapeOutput<S>;
  }

  /** As `parse`, of some fields by themselves: those left out stay out, defaults included. */
  parseSome(input: object, subject: string): Partial<ShapeOutput<S>> {
    guardKeys(input, subject);
    const given = Object.keys(input).flatMap((key) => {
      const field = Object.hasOwn(this.fields, key) ? this.fields[key] : undefined;
      return field === undefined ? [] : [[key, field] as const];
    });
    const result = z.strictObject(Object.fromEntries(given)).safeParse(input);
    if (!result.success) throw new ValidationError(zodMessages(result.error), subject);
    return this.settled(result.data, subject) as Partial<ShapeOutput<S>>;
  }

  /**
   * A frozen copy of values that have the shape's types.
   * @throws ValidationError for what cannot be stored, such as an instance of a class in a field that may hold anything.
   */
  settled(values: object, subject: string): object {
    const settled = settle(values, { subject, rich: true, embedded: this.embeds });
    // Where a field embeds instances, only encoding them shows which others are left.
    if (this.isPartlyDynamic) settle(this.encode(settled), { subject });
    return settled;
  }

  /** What is wrong with a state that the shape describes, or undefined. Nothing is filled in or converted. */
  complaints(state: object): Record<string, string[]> | undefined {
    this.outputs ??= outputSchema(this.schema);
    const result = z.safeParse(this.outputs, state);
    return result.success ? undefined : zodMessages(result.error);
  }

  /** Values of the shape as JSON values. */
  encode(values: object): object {
    return this.codec === undefined ? values : (this.codec.encode(values) as object);
  }

  /** Parsed JSON as values of the shape, converted in place. */
  decode(json: object): object {
    return this.codec === undefined ? json : (this.codec.decode(json) as object);
  }

  /** Whether stored values have to be converted when they are read. */
  get needsDecoding(): boolean {
    return this.codec !== undefined;
  }
}

function embedsEntities(field: z.core.$ZodType): boolean {
  return embeddedParts(field).some(({ kind }) => kind !== "value object");
}

function nameFaults(fields: unknown, takenNames: readonly string[]): string[] {
  if (typeof fields !== "object" || fields === null)
    throw new ConfigurationError("a shape is an object of zod schemas: { amount: z.number() }");
  const faults: string[] = [];
  for (const [key, field] of Object.entries(fields)) {
    if (takenNames.includes(key)) faults.push(`field "${key}": the name is taken`);
    if (typeof field !== "object" || field === null || !("_zod" in field))
      faults.push(`field "${key}": is not a zod schema`);
  }
  if (faults.length > 0) throw new ConfigurationError(faults, "a declared shape");
  return faults;
}
