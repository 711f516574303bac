import { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import type { StorageCodec } from "./codec";
import { Decimal, type DecimalInput, exactDecimal, isDecimal } from "./exact-decimal";
import { checkOf, complain, complainOfType, type OwnType, ownSchema, type Payload } from "./zod-tree";

/** The options of `decimal()`. */
export interface DecimalOptions {
  /** How many decimal places a value may have: 2 for most currencies. A value with more is refused, not rounded. */
  readonly places?: number;
}

/** The zod schema of a decimal field. */
export interface DecimalField extends z.ZodType<Decimal, DecimalInput> {
  /** @throws ConfigurationError for a bound that is not a decimal. */
  min(least: DecimalInput): this;
  /** @throws ConfigurationError for a bound that is not a decimal. */
  max(most: DecimalInput): this;
  /** Above 0. */
  positive(): this;
  /** 0 or above. */
  nonnegative(): this;
  /** @throws ConfigurationError for a default that the field would refuse. */
  default(value: DecimalInput): z.ZodDefault<this>;
  /** @throws ConfigurationError for a function whose value the field would refuse. */
  default(value: () => DecimalInput): z.ZodDefault<this>;
}

/**
 * Declares a field for money and other quantities that must not lose a digit. Its values are `Decimal`s; it takes one, a string,
 * a bigint or a number of at most 15 digits, and turns -0 into 0. A value is stored as text in plain notation: `"-0.10"` as `"-0.1"`.
 *
 * ```ts
 * DomainEvent({ amount: decimal({ places: 2 }).positive() });
 * Aggregate({ balance: decimal().default("0") });
 * ```
 *
 * It refuses a value that is not a finite number, and one with more than 100 digits before or after the point.
 *
 * @throws ConfigurationError for `places` other than a whole number from 0 to 100.
 */
export function decimal({ places }: DecimalOptions = {}): DecimalField {
  const field = ownSchema<DecimalField>(DECIMAL);
  if (places === undefined) return field;
  if (!Number.isInteger(places) || places < 0 || places > 100)
    throw new ConfigurationError(`decimal({ places }): places is a whole number from 0 to 100, not ${places}`);
  return checked(
    field,
    (value) => value.decimalPlaces() <= places,
    (value) => `it has ${value.decimalPlaces()} decimal places, of ${places} at most`,
  );
}

/**
 * Stores decimals as text in plain notation, with one text for each value: `"0.1"`, never `"1e-1"` or `"0.10"`. Reads a number
 * too, as exactly as its text says, so that a field can become a decimal after it was a `z.number()`.
 */
export const decimalCodec: StorageCodec = {
  encode: (value) => (value as Decimal).toFixed(),
  decode(json) {
    if (typeof json === "number") return new Decimal(json);
    const value = exactDecimal(json as string);
    if (typeof value === "string") throw new TypeError(`a stored decimal cannot be read: ${value}`);
    return value;
  },
};

const DECIMAL: OwnType = {
  kind: "decimal",
  codec: decimalCodec,
  accept: (payload) => parse(payload, isDecimal(payload.value) || CONVERTED.has(typeof payload.value)),
  inspect: (payload) => parse(payload, isDecimal(payload.value)),
  extend: (schema) => addMethods(schema as DecimalField),
};

/** The types that input may have besides Decimal. */
const CONVERTED: ReadonlySet<string> = new Set(["string", "number", "bigint"]);

function parse(payload: Payload, isOfType: boolean): Payload {
  if (!isOfType) return complainOfType(payload, "decimal");
  const value = exactDecimal(payload.value as DecimalInput);
  if (typeof value === "string") return complain(payload, value);
  payload.value = value;
  return payload;
}

function addMethods(field: DecimalField): void {
  field.min = (least) => {
    const bound = boundOf(least, "min");
    return checked(
      field,
      (value) => value.gte(bound),
      () => `it is less than ${bound}`,
    );
  };
  field.max = (most) => {
    const bound = boundOf(most, "max");
    return checked(
      field,
      (value) => value.lte(bound),
      () => `it is more than ${bound}`,
    );
  };
  field.positive = () =>
    checked(
      field,
      (value) => value.gt(0),
      () => "it is not above 0",
    );
  field.nonnegative = () => field.min(0);
  field.default = (value: DecimalInput | (() => DecimalInput)) => {
    if (typeof value === "function") return z._default(field, () => defaultOf(field, value()));
    return z._default(field, defaultOf(field, value));
  };
}

function checked(
  field: DecimalField,
  holds: (value: Decimal) => boolean,
  complaint: (value: Decimal) => string,
): DecimalField {
  return field.check(checkOf<Decimal>((value) => (holds(value) ? undefined : complaint(value))));
}

function boundOf(bound: DecimalInput, method: string): Decimal {
  const value = exactDecimal(bound);
  if (typeof value === "string") throw new ConfigurationError(`decimal().${method}(…): ${value}`);
  return value;
}

function defaultOf(field: DecimalField, value: DecimalInput): Decimal {
  const { data, error } = field.safeParse(value);
  if (data === undefined)
    throw new ConfigurationError(`decimal().default(…): ${error?.issues.map(({ message }) => message).join("; ")}`);
  return data;
}
