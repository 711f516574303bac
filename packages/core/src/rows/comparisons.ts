import type { Decimal } from "../schema/exact-decimal";

/** The names of the fields of a row. */
export type FieldOf<Row> = Extract<keyof Row, string>;

/** The operators that the values of a field can be compared with. */
export type OperatorOf<V> =
  Comparable<V> extends true
    ? "=" | "!=" | "in" | (IsText<V> extends true ? "startsWith" | "contains" : never) | Ordering<V>
    : "=" | "!=";

/** What a field is compared with. Null and undefined are the same: the row has no value there. */
export type OperandOf<V, O> =
  Comparable<V> extends true
    ? O extends "in"
      ? readonly (NonNullable<V> | Nothing<V>)[]
      : O extends "startsWith" | "contains"
        ? string
        : O extends "=" | "!="
          ? NonNullable<V> | Nothing<V>
          : Compared<NonNullable<V>>
    : null | undefined;

type Ordering<V> = IsBoolean<V> extends true ? never : "<" | "<=" | ">" | ">=";

/** Null and undefined, for a field that may lack a value. */
type Nothing<V> = null extends V ? null | undefined : undefined extends V ? null | undefined : never;

/** A text of an enum is compared by order with any text. */
type Compared<V> = V extends string ? string : V;

type IsAny<V> = 0 extends 1 & V ? true : false;
type Is<V, T> = [NonNullable<V>] extends [T] ? true : false;
type IsText<V> = Is<V, string>;
type IsBoolean<V> = Is<V, boolean>;

/** Whether the values of a field are of one type that databases compare; those of others lie in the store as JSON. */
type Comparable<V> =
  IsAny<V> extends true
    ? false
    : [NonNullable<V>] extends [never]
      ? false
      : true extends Is<V, string> | Is<V, number> | Is<V, boolean> | Is<V, bigint> | Is<V, Date> | Is<V, Decimal>
        ? true
        : false;
