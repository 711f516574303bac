import { z } from "zod";

import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { fold } from "../loading/fold";
import { restored } from "../loading/restored";
import type { AggregateModel } from "../model/aggregate-model";
import type { ProjectedAggregate, ProjectionModel } from "../model/projection-model";
import type { Column, Row, Table } from "../ports/table";
import { REVISION, RowCodec, type RowObject } from "../rows/row-codec";
import { exactJson } from "../schema/exact-json";
import { identifier } from "../schema/identifier";
import type { Schema } from "../schema/zod-tree";
import { storedState } from "../snapshots/stored-state";
import { at, failureAt } from "./fold-failure";
import type { FoldedEvent } from "./folded-event";
import { projectionTable } from "./projection-table";
import type { FoldStep, RowFolding } from "./row-folding";

/** The column with the encoded state that the next event is folded into. */
const STATE: Column = { name: "_state", type: "json" };

/** The rows of a projection that keeps the states of an aggregate class. */
export class StateRows implements RowFolding<AggregateRoot> {
  readonly projection: string;
  readonly table: Table;
  readonly codec: RowCodec;
  readonly categories: readonly string[];
  readonly #model: AggregateModel;
  readonly #only: readonly string[];
  readonly #version: number;
  readonly #state: number;
  readonly #place: string;

  constructor(model: ProjectionModel & { readonly aggregate: ProjectedAggregate }) {
    const { model: aggregate, only } = model.aggregate;
    this.projection = model.name;
    this.#model = aggregate;
    this.#only = only;
    this.#place = `${model.name} (the state of ${aggregate.name})`;
    this.codec = new RowCodec(model.type, [
      ["id", identifier()],
      ["version", z.int()],
      ...only.map((field) => [field, aggregate.shape.fields[field] as Schema] as const),
    ]);
    this.table = projectionTable(model, this.codec, [STATE, REVISION]);
    this.#version = 1;
    this.#state = this.table.columns.indexOf(STATE);
    this.categories = [aggregate.category];
  }

  /** Each event of the aggregate: also one that its state ignores moves the version on. */
  wants(): boolean {
    return true;
  }

  stepsOf({ category, aggregateId }: FoldedEvent): readonly FoldStep<AggregateRoot>[] {
    if (category !== this.#model.category) return [];
    const apply = (aggregate: AggregateRoot | undefined, event: FoldedEvent) =>
      at(this.#place, () => this.#folded(aggregate, event));
    return [{ place: this.#place, key: aggregateId, creates: true, apply }];
  }

  decode(row: Row): AggregateRoot {
    const id = row[0] as string;
    const state = JSON.parse(row[this.#state] as string) as Record<string, unknown>;
    const version = row[this.#version] as number;
    return restored(this.#model, id, { state, version, lastEventId: "", createdAt: BEFORE_ALL }, false);
  }

  encode(key: string, aggregate: AggregateRoot, revision: number): Row {
    try {
      const state = exactJson(storedState(aggregate, this.#model));
      const row: RowObject = { id: key, version: aggregate.version };
      for (const field of this.#only) row[field] = (aggregate as unknown as RowObject)[field];
      const faults = this.codec.faults(row);
      if (faults !== undefined) throw this.#unfit(key, faults);
      return this.codec.encode(row, state, revision);
    } catch (error) {
      throw failureAt(this.#place, error);
    }
  }

  #folded(known: AggregateRoot | undefined, { aggregateId, stream, type, position, message }: FoldedEvent) {
    const aggregate = known ?? restored(this.#model, aggregateId, undefined, false);
    const { version } = lifeOf(aggregate);
    if (position !== version + 1) {
      const projection = this.projection;
      throw new IncorrectUsageError(
        `Cannot fold event ${position} of stream ${JSON.stringify(stream)} into ${projection}: its row is at version ${version}`,
        { projection, stream, position, version },
      );
    }
    fold(aggregate, this.#model, { stream, firstPosition: position, events: [type, JSON.parse(message.data)] });
    return aggregate;
  }

  #unfit(key: string, faults: Readonly<Record<string, string>>): IncorrectUsageError {
    const { projection } = this;
    const texts = Object.entries(faults).map(([field, fault]) => `${field}: ${fault}`);
    return new IncorrectUsageError(`Cannot store row ${JSON.stringify(key)} of ${projection}: ${texts.join("; ")}`, {
      projection,
      key,
      faults,
    });
  }
}

const BEFORE_ALL = new Date(0);
