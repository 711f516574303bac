import { types } from "node:util";

import { snakeCase } from "../model/names";
import type { Column, ColumnValue } from "../ports/table";
import { embeddedParts, hasDynamicParts } from "../schema/embedded-parts";
import { exactDecimal, isDecimal } from "../schema/exact-decimal";
import { exactJson } from "../schema/exact-json";
import { type FieldKind, fieldKind } from "../schema/field-kind";
import { toStorable } from "../schema/storable";
import { storageCodec } from "../schema/storage-codec";
import type { Schema } from "../schema/zod-tree";
import { inWords, reasonOf } from "../wording/in-words";

/** How the values of one field lie in the column of a table. */
export interface FieldColumn extends ColumnCodec {
  readonly field: string;
  readonly column: Column;
  readonly mayBeAbsent: boolean;
  readonly mayBeNull: boolean;
}

/** Converts the values of one field, null and undefined excepted. */
interface ColumnCodec {
  /** Says what is wrong with a value that the column cannot hold; undefined for a value that it can. */
  fault(value: unknown): string | undefined;
  /** Converts a value without fault. */
  encode(value: unknown): ColumnValue;
  /** Converts any value: one that the column cannot hold to a ColumnFault. */
  encodeChecked(value: unknown): ColumnValue | ColumnFault;
  decode(value: NonNullable<ColumnValue>): unknown;
}

/** What is wrong with a value that a column cannot hold. */
export class ColumnFault {
  constructor(readonly reason: string) {}
}

/** Derives the column of a field from its schema. */
export function fieldColumn(field: string, schema: Schema): FieldColumn {
  const { mayBeAbsent, mayBeNull, ...kind } = fieldKind(schema);
  const type = kind.type === "bigint" ? "decimal" : kind.type;
  return { field, column: { name: snakeCase(field), type }, mayBeAbsent, mayBeNull, ...codecOf(kind, schema) };
}

function codecOf({ type, texts }: Pick<FieldKind, "type" | "texts">, schema: Schema): ColumnCodec {
  switch (type) {
    case "text":
      return texts === undefined ? TEXT : oneOf(texts);
    case "integer":
      return INTEGER;
    case "number":
      return NUMBER;
    case "boolean":
      return BOOLEAN;
    case "time":
      return TIME;
    case "decimal":
      return DECIMAL;
    case "bigint":
      return BIGINT;
    case "json":
      return json(schema);
  }
}

const asIs = (value: unknown) => value as NonNullable<ColumnValue>;

/** No column keeps the sign of 0, so that every store gives the same value back. */
const withoutNegativeZero = (value: unknown) => (value === 0 ? 0 : (value as number));

const TEXT = checking({ fault: textFault, encode: asIs, decode: asIs });

const INTEGER = checking({
  fault: (value) => (Number.isSafeInteger(value) ? undefined : unexpected("a whole number", value)),
  encode: withoutNegativeZero,
  decode: asIs,
});

const NUMBER = checking({
  fault: (value) => (Number.isFinite(value) ? undefined : unexpected("a finite number", value)),
  encode: withoutNegativeZero,
  decode: asIs,
});

const BOOLEAN = checking({
  fault: (value) => (typeof value === "boolean" ? undefined : unexpected("a boolean", value)),
  encode: asIs,
  decode: asIs,
});

const TIME = checking({
  fault(value) {
    if (!types.isDate(value)) return unexpected("a Date", value);
    return Number.isNaN(value.getTime()) ? "an invalid date cannot be stored" : undefined;
  },
  encode: (value) => (value as Date).getTime(),
  decode: (value) => new Date(value as number),
});

const DECIMAL = checking({
  fault(value) {
    if (!isDecimal(value)) return unexpected("a Decimal", value);
    const exact = exactDecimal(value);
    return typeof exact === "string" ? exact : undefined;
  },
  encode: (value) => {
    const exact = exactDecimal(value as string);
    return typeof exact === "string" ? exact : exact.toFixed();
  },
  decode: (value) => exactDecimal(value as string),
});

const BIGINT = checking({
  fault: (value) => (typeof value === "bigint" ? undefined : unexpected("a bigint", value)),
  encode: String,
  decode: (value) => BigInt(value as string),
});

function checking({ fault, encode, decode }: Omit<ColumnCodec, "encodeChecked">): ColumnCodec {
  const encodeChecked = (value: unknown) => {
    const found = fault(value);
    return found === undefined ? encode(value) : new ColumnFault(found);
  };
  return { fault, encode, encodeChecked, decode };
}

function oneOf(texts: ReadonlySet<unknown>): ColumnCodec {
  const expected = [...texts].map((text) => JSON.stringify(text)).join(", ");
  return checking({
    ...TEXT,
    fault: (value) => (texts.has(value) ? undefined : unexpected(`one of ${expected}`, value)),
  });
}

function json(schema: Schema): ColumnCodec {
  const codec = storageCodec(schema, () => undefined);
  const embedded = embeddedParts(schema).length > 0;
  const holdsAnything = hasDynamicParts(schema);
  const encoded = (value: unknown) => (codec === undefined ? value : codec.encode(value));
  const checked = (value: unknown): unknown => {
    try {
      const copy = encoded(toStorable(value, { subject: "it", rich: true, embedded }));
      if (embedded || holdsAnything) toStorable(copy, { subject: "it" });
      return copy;
    } catch (error) {
      return new ColumnFault(reasonOf(error));
    }
  };
  return {
    fault(value) {
      const found = checked(value);
      return found instanceof ColumnFault ? found.reason : undefined;
    },
    encode: (value) => exactJson(encoded(value)),
    encodeChecked(value) {
      const found = checked(value);
      return found instanceof ColumnFault ? found : exactJson(found);
    },
    decode(text) {
      const value: unknown = JSON.parse(text as string);
      return codec === undefined ? value : codec.decode(value);
    },
  };
}

function textFault(value: unknown): string | undefined {
  if (typeof value !== "string") return unexpected("a string", value);
  if (value.includes("\0")) return "NUL cannot be stored in a string";
  return value.isWellFormed() ? undefined : "a lone surrogate cannot be stored: the string is not valid Unicode";
}

function unexpected(expected: string, value: unknown): string {
  return `expected ${expected}, found ${inWords(value)}`;
}
