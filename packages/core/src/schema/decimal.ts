import { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { Decimal, type DecimalInput, exactDecimal, isDecimal } from "./exact-decimal";

/** What `decimal(options)` takes. */
export interface DecimalOptions {
  /** How many decimal places a value may have: 2 for most currencies. One with more is refused, not rounded. */
  readonly places?: number;
}

/** The zod schema of a decimal field. */
export interface DecimalField extends z.ZodType<Decimal, DecimalInput> {
  /** @throws ConfigurationError where the bound is no decimal. */
  min(least: DecimalInput): this;
  /** @throws ConfigurationError where the bound is no decimal. */
  max(most: DecimalInput): this;
  /** Above 0. */
  positive(): this;
  /** 0 or above. */
  nonnegative(): this;
  /** @throws ConfigurationError for a default that the field would refuse. */
  default(value: DecimalInput): z.ZodDefault<this>;
  /** @throws ConfigurationError where the function gives what the field would refuse. */
  default(value: () => DecimalInput): z.ZodDefault<this>;
}

/**
 * A field for money and other quantities that must not lose a digit. It is a `Decimal`, and takes one, a string, a bigint or a
 * number of at most 15 digits; -0 becomes 0. It is stored as text in plain notation, such as `"-0.10"` as `"-0.1"`.
 *
 * ```ts
 * DomainEvent({ amount: decimal({ places: 2 }).positive() });
 * Aggregate({ balance: decimal().default("0") });
 * ```
 *
 * A value is refused that is no finite number or has more than 100 digits before or after the point.
 *
 * @throws ConfigurationError for `places` that are no whole number from 0 to 100.
 */
export function decimal({ places }: DecimalOptions = {}): DecimalField {
  const field = new ZodDecimal({ type: "custom", isDecimal: true, coerce: true });
  if (places === undefined) return field;
  if (!Number.isInteger(places) || places < 0 || places > 100)
    throw new ConfigurationError(`decimal({ places }): places is a whole number from 0 to 100, not ${places}`);
  return field.check(
    checking(
      (value) => value.decimalPlaces() <= places,
      (value) => `it has ${value.decimalPlaces()} decimal places, of ${places} at most`,
    ),
  );
}

/** Whether a schema, as it is and not wrapped, was declared with `decimal()`. */
export function isDecimalDef(def: z.core.$ZodTypeDef): boolean {
  return "isDecimal" in def;
}

interface DecimalDef extends z.core.$ZodTypeDef {
  readonly type: "custom";
  readonly isDecimal: true;
  /** Whether it takes more than Decimals, as zod calls it; an output schema does not. */
  readonly coerce: boolean;
}

interface ZodDecimal extends DecimalField {
  readonly _zod: z.core.$ZodTypeInternals<Decimal, DecimalInput> & { def: DecimalDef };
}

const ZodDecimal: z.core.$constructor<ZodDecimal, DecimalDef> = z.core.$constructor("TidemarkDecimal", (field, def) => {
  z.ZodType.init(field, def);
  field._zod.parse = (payload) => {
    const input = payload.value;
    const value = isAccepted(input, def.coerce) ? exactDecimal(input) : undefined;
    if (typeof value === "object") payload.value = value;
    else if (value === undefined)
      payload.issues.push({ code: "invalid_type", expected: "decimal", input, inst: field });
    else payload.issues.push({ code: "custom", message: value, input, inst: field });
    return payload;
  };
  field.min = (least) => {
    const bound = declared(least, "min");
    return field.check(
      checking(
        (value) => value.gte(bound),
        () => `it is less than ${bound}`,
      ),
    );
  };
  field.max = (most) => {
    const bound = declared(most, "max");
    return field.check(
      checking(
        (value) => value.lte(bound),
        () => `it is more than ${bound}`,
      ),
    );
  };
  field.positive = () =>
    field.check(
      checking(
        (value) => value.gt(0),
        () => "it is not above 0",
      ),
    );
  field.nonnegative = () => field.min(0);
  field.default = (value: DecimalInput | (() => DecimalInput)) => {
    if (typeof value === "function") return z._default(field, () => defaultOf(field, value()));
    return z._default(field, defaultOf(field, value));
  };
});

function isAccepted(input: unknown, isWide: boolean): input is DecimalInput {
  return isDecimal(input) || (isWide && ["string", "number", "bigint"].includes(typeof input));
}

function checking(
  holds: (value: Decimal) => boolean,
  complaint: (value: Decimal) => string,
): z.core.$ZodCheck<Decimal> {
  return z.check<Decimal>(({ value, issues }) => {
    if (!holds(value)) issues.push({ code: "custom", message: complaint(value), input: value });
  });
}

function declared(bound: DecimalInput, method: string): Decimal {
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
