import { ConfigurationError } from "../errors/configuration-error";
import type { Class } from "../metadata/class-types";
import type { Column, ColumnValue, Row } from "../ports/table";
import type { Schema } from "../schema/zod-tree";
import { ColumnFault, type FieldColumn, fieldColumn } from "./field-column";

/** The column that changes with each write of a row. */
export const REVISION: Column = { name: "_revision", type: "integer" };

/** The column that lists the fields which are absent and not null: only in tables with a field that may be either. */
const ABSENT: Column = { name: "_absent", type: "json" };

/** What keeps a row from being stored, by field. */
type RowFaults = Readonly<Record<string, string>>;

/** A row in hand: an instance of its projection's class. */
export type RowObject = Record<string, unknown>;

/** Converts between the rows of a table and instances of their projection's class. Compiled once for each projection. */
export class RowCodec {
  /** The columns of the fields, the key first, and those that belong to the fields. */
  readonly columns: readonly Column[];
  readonly fields: readonly FieldColumn[];
  readonly #byField: ReadonlyMap<string, FieldColumn>;
  readonly #make: new () => RowObject;
  readonly #hasAbsent: boolean;

  /** @throws ConfigurationError for two fields that would have one column. */
  constructor(type: Class, fields: readonly (readonly [field: string, schema: Schema])[]) {
    this.fields = fields.map(([field, schema]) => fieldColumn(field, schema));
    refuseTwins(type.name, this.fields);
    this.#byField = new Map(this.fields.map((each) => [each.field, each]));
    this.#hasAbsent = this.fields.some(mayBeEither);
    this.columns = [...this.fields.map(({ column }) => column), ...(this.#hasAbsent ? [ABSENT] : [])];
    this.#make = function RowOfProjection() {} as unknown as new () => RowObject;
    this.#make.prototype = type.prototype as object;
  }

  /** The column of a field; undefined for a name that is not one of its fields. */
  of(field: string): FieldColumn | undefined {
    return this.#byField.get(field);
  }

  has(field: string): boolean {
    return this.#byField.has(field);
  }

  /** Makes an instance of the projection's class without running its constructor. */
  make(): RowObject {
    return new this.#make();
  }

  /** Describes by field what keeps a row from being stored; undefined for a sound row. */
  faults(row: RowObject): RowFaults | undefined {
    let faults: Record<string, string> | undefined;
    for (const field of this.fields) {
      const value = row[field.field];
      const fault = value === undefined || value === null ? faultOfNothing(field, value) : field.fault(value);
      if (fault !== undefined) {
        faults ??= {};
        faults[field.field] = fault;
      }
    }
    return faults;
  }

  /** Converts a sound row. @param rest the values of the columns behind those of the codec. */
  encode(row: RowObject, ...rest: readonly ColumnValue[]): Row {
    const values: ColumnValue[] = [];
    for (const { field, encode } of this.fields) {
      const value = row[field];
      values.push(value === undefined || value === null ? null : encode(value));
    }
    if (this.#hasAbsent) values.push(this.#absentOf((index) => row[this.fields[index]!.field]));
    values.push(...rest);
    return values;
  }

  /**
   * Converts a row by the values of its fields, in their order.
   *
   * @param last the value of the column behind those of the codec.
   * @returns what keeps it from being stored, by field, for a row that is not sound.
   */
  encodeChecked(values: readonly unknown[], last: ColumnValue): { readonly row: Row } | { readonly faults: RowFaults } {
    const { fields } = this;
    const row: ColumnValue[] = [];
    let faults: Record<string, string> | undefined;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!;
      const value = values[index];
      let fault: string | undefined;
      if (value === undefined || value === null) {
        fault = faultOfNothing(field, value);
        row.push(null);
      } else {
        const encoded = field.encodeChecked(value);
        if (encoded instanceof ColumnFault) fault = encoded.reason;
        else row.push(encoded);
      }
      if (fault === undefined) continue;
      faults ??= {};
      faults[field.field] = fault;
    }
    if (faults !== undefined) return { faults };
    if (this.#hasAbsent) row.push(this.#absentOf((index) => values[index]));
    row.push(last);
    return { row };
  }

  decode(row: Row): RowObject {
    const object = this.make();
    const { fields } = this;
    const values = this.valuesOf(row);
    for (let index = 0; index < fields.length; index++) {
      const value = values[index];
      if (value !== undefined) object[fields[index]!.field] = value;
    }
    return object;
  }

  /** Gives the values of the fields in a row, in the order of the fields: undefined for those that are absent. */
  valuesOf(row: Row): unknown[] {
    const { fields } = this;
    const values = new Array<unknown>(fields.length);
    const absent = this.#hasAbsent ? row[fields.length] : null;
    const listed = typeof absent === "string" ? (JSON.parse(absent) as readonly string[]) : NONE;
    for (let index = 0; index < fields.length; index++) {
      const { field, mayBeNull, decode } = fields[index]!;
      const value = row[index];
      if (value !== null && value !== undefined) values[index] = decode(value);
      else if (mayBeNull && !listed.includes(field)) values[index] = null;
    }
    return values;
  }

  #absentOf(valueAt: (index: number) => unknown): string | null {
    const absent = this.fields.filter((field, index) => mayBeEither(field) && valueAt(index) === undefined);
    return absent.length === 0 ? null : JSON.stringify(absent.map(({ field }) => field));
  }
}

const NONE: readonly string[] = [];

function faultOfNothing({ mayBeAbsent, mayBeNull }: FieldColumn, value: null | undefined): string | undefined {
  if (value === undefined) return mayBeAbsent ? undefined : "it is not set";
  return mayBeNull ? undefined : "it is null";
}

function mayBeEither({ mayBeAbsent, mayBeNull }: FieldColumn): boolean {
  return mayBeAbsent && mayBeNull;
}

function refuseTwins(projection: string, fields: readonly FieldColumn[]): void {
  const byColumn = new Map<string, string>();
  for (const { field, column } of fields) {
    const other = byColumn.get(column.name);
    if (other !== undefined)
      throw new ConfigurationError(
        `${projection}: its fields "${other}" and "${field}" would both have the column "${column.name}"; rename one`,
      );
    byColumn.set(column.name, field);
  }
}
