import { createHash } from "node:crypto";

import type { AggregateModel } from "../model/aggregate-model";
import type { ColumnValue } from "../ports/table";
import { valueIdentity } from "../ports/value-order";
import { fieldColumn } from "../rows/field-column";
import type { Schema } from "../schema/zod-tree";

/** What an aggregate reserves: the fields of each of its constraints by the key of the reservation. */
export type ReservedKeys = ReadonlyMap<string, readonly string[]>;

/** Gives the value of one field as a text that is the same exactly where the values are equal; null where there is none. */
type Identify = (aggregate: object) => string | null;

interface Constraint {
  readonly fields: readonly string[];
  readonly identities: readonly Identify[];
}

/** Databases limit the size of what an index holds. */
const LONGEST_VALUES = 1_000;

/**
 * Derives from the state of an aggregate the keys of what it reserves: `email:["ann@example.com"]`. Two aggregates have the same key
 * exactly where a unique index would refuse the second one; texts are compared as they are, and a constraint with a field that is null
 * or absent reserves nothing.
 */
export class ReservationKeys {
  readonly #constraints: readonly Constraint[];

  constructor({ shape, storage }: Pick<AggregateModel, "shape" | "storage">) {
    this.#constraints = storage.unique.map((fields) => ({
      fields,
      identities: fields.map((field) => identified(field, shape.fields[field] as Schema)),
    }));
  }

  of(aggregate: object): ReservedKeys {
    const keys = new Map<string, readonly string[]>();
    for (const { fields, identities } of this.#constraints) {
      const values = identities.map((identify) => identify(aggregate));
      if (!values.includes(null)) keys.set(`${constraintName(fields)}:${valuesInKey(values)}`, fields);
    }
    return keys;
  }
}

/** Names a constraint by its fields, as keys of reservations begin: `country,taxId`. */
export function constraintName(fields: readonly string[]): string {
  return fields.join();
}

/** The fields of the constraint that a key is of. */
export function fieldsOf(key: string): readonly string[] {
  return key.slice(0, key.search(/:[[#]/)).split(",");
}

function identified(field: string, schema: Schema): Identify {
  const { encode, column } = fieldColumn(field, schema);
  const identity = valueIdentity(column.type);
  return (aggregate) => {
    const value = (aggregate as Readonly<Record<string, unknown>>)[field];
    return value === undefined || value === null ? null : identity(encode(value) as ColumnValue);
  };
}

/** As JSON, which begins with a bracket; where that is long, as a hash behind a sign that no JSON begins with. */
function valuesInKey(values: readonly (string | null)[]): string {
  const json = JSON.stringify(values);
  return Buffer.byteLength(json) <= LONGEST_VALUES ? json : `#${createHash("sha256").update(json).digest("base64url")}`;
}
