import { isDeepStrictEqual } from "node:util";

import { claimEntities } from "../elements/aggregate-entities";
import { newLife } from "../elements/aggregate-life";
import { type AggregateRoot, born, lifeOf } from "../elements/aggregate-root";
import { noteStored } from "../elements/open-aggregate";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { AggregateModel } from "../model/aggregate-model";
import { aggregateTableName, aggregateViewName } from "../model/aggregate-tables";
import type { Column, Index, Row, Table, View } from "../ports/table";
import { RowCodec } from "../rows/row-codec";
import { identifier } from "../schema/identifier";
import type { Schema } from "../schema/zod-tree";

/** The column with the version of the aggregate, which orders those who write its row. */
export const VERSION: Column = { name: "_version", type: "integer" };

/** The table with one row for each aggregate of a class, and what its rows mean. */
export class StateTable<A extends AggregateRoot = AggregateRoot> {
  /** In part: another release may have given it further columns. */
  readonly table: Table;
  readonly codec: RowCodec;
  /** Whether its values have no parts that can change by themselves: no lists, objects, entities and dates. */
  readonly isFlat: boolean;
  readonly #version: number;

  /** @throws ConfigurationError for two fields that would have one column. */
  constructor(readonly model: AggregateModel<A>) {
    const { type, shape, storage } = model;
    this.codec = new RowCodec(type, [
      ["id", identifier()],
      ...shape.keys.map((key) => [key, shape.fields[key] as Schema] as const),
    ]);
    const columnOf = (field: string) => this.codec.of(field)?.column.name ?? field;
    this.table = {
      name: aggregateTableName(model),
      columns: [...this.codec.columns, VERSION],
      indexes: storage.indexes.map(({ fields, isUnique }): Index => ({ columns: fields.map(columnOf), isUnique })),
      isPartial: true,
    };
    this.isFlat = this.codec.columns.every((column) => column.type !== "json" && column.type !== "time");
    this.#version = this.table.columns.length - 1;
  }

  /** The view that shows the fields to other tools. */
  get view(): View {
    const columns = this.table.columns.map(({ name }) => name).filter((name) => !name.startsWith("_"));
    return { name: aggregateViewName(this.model), table: this.table, columns };
  }

  /** Gives the version of the aggregate that a row holds. */
  versionOf(row: Row): number {
    return row[this.#version] as number;
  }

  /** Makes the row of an aggregate. @throws ValidationError for a state that no row can hold. */
  rowOf(aggregate: A, version: number): Row {
    const { id, state } = lifeOf(aggregate);
    const encoded = this.codec.encodeChecked([id, ...state], version);
    if ("row" in encoded) return encoded.row;
    const messages = Object.entries(encoded.faults).map(([field, fault]) => [field, [fault]] as const);
    throw new ValidationError(Object.fromEntries(messages), `the state of ${this.model.name}`);
  }

  /**
   * Makes the aggregate of a row. A field that was added since the row was written has its default.
   * @throws IncorrectUsageError for a row that was moved to the table of a later schema version.
   */
  aggregateOf(row: Row): A {
    const { model } = this;
    const values = this.codec.valuesOf(row);
    const id = values[0] as string;
    const version = this.versionOf(row);
    if (version < 0) throw this.#moved(id);
    const life = newLife(id);
    const aggregate = born(model.type, life);
    const { fields } = this.codec;
    for (let index = 1; index < fields.length; index++) {
      const value = values[index];
      if (value !== undefined || fields[index]!.mayBeAbsent) life.state[index - 1] = value;
    }
    life.version = version;
    if (model.shape.entityKeys.length > 0) claimEntities(aggregate, life, model.shape);
    noteStored(aggregate);
    return aggregate;
  }

  /** Whether two rows of one aggregate hold the same state, whatever their versions are and however a store writes JSON. */
  holdSame(row: Row, other: Row): boolean {
    return this.table.columns.every(({ type }, index) => {
      if (index === this.#version || row[index] === other[index]) return true;
      return type === "json" && isDeepStrictEqual(parsed(row[index]), parsed(other[index]));
    });
  }

  #moved(id: string): IncorrectUsageError {
    const { name, schemaVersion } = this.model;
    return new IncorrectUsageError(
      `Cannot load ${name} ${JSON.stringify(id)}: its row was moved on from schema version ${schemaVersion} by a later release; ` +
        "run that release",
      { aggregate: name, id, schemaVersion },
    );
  }
}

function parsed(json: unknown): unknown {
  return typeof json === "string" ? (JSON.parse(json) as unknown) : json;
}
