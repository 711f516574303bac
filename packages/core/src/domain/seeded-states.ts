import { newLife } from "../elements/aggregate-life";
import { type AggregateRoot, born } from "../elements/aggregate-root";
import { foldsOf } from "../elements/fold-table";
import { streamOf } from "../event-store/stream-names";
import { fold } from "../loading/fold";
import type { AggregateModel } from "../model/aggregate-model";
import { isOpen } from "../model/aggregate-storage";
import type { Row } from "../ports/table";
import type { StateTables } from "../states/state-tables";

interface SeededMessage {
  readonly type: string;
  readonly data: string;
}

/** The rows that a test gives to aggregates whose state is the truth, as if they had been saved before. */
export class SeededStates {
  constructor(private readonly states: Pick<StateTables, "of">) {}

  /** Stores an aggregate, which stays as it is. */
  async put(aggregate: AggregateRoot, model: AggregateModel): Promise<void> {
    await this.#write(aggregate, model, Math.max(aggregate.version, 0), undefined);
  }

  /** Whether an `@apply` method folds an event into the row of its aggregate. */
  takes(model: AggregateModel, event: object): boolean {
    return isOpen(model.storage) && foldsOf(model.type).some((fold) => fold.event === event.constructor);
  }

  /** Folds an event that a test has stored as history into the row of its aggregate, which it makes where there is none. */
  async fold(model: AggregateModel, id: string, event: object, { type, data }: SeededMessage): Promise<void> {
    const stored = this.takes(model, event) ? this.states.of(model.type) : undefined;
    if (stored === undefined) return;
    const { rows, operations } = stored;
    const [row] = await operations.readModels.rows(rows.table, [id]);
    const aggregate: AggregateRoot = row === undefined ? born(model.type, newLife(id)) : rows.aggregateOf(row);
    const version = aggregate.version + 1;
    const { stream } = streamOf(model.category, id);
    fold(aggregate, model, { stream, firstPosition: version, events: [type, JSON.parse(data)] });
    await this.#write(aggregate, model, version, row);
  }

  async #write(
    aggregate: AggregateRoot,
    model: AggregateModel,
    version: number,
    before: Row | undefined,
  ): Promise<void> {
    const stored = this.states.of(model.type);
    if (stored === undefined) return;
    const { rows, operations } = stored;
    const guard = { column: "_version", expected: [before === undefined ? null : rows.versionOf(before)] };
    const { table } = rows;
    await operations.flush([{ kind: "upsertRows", table, rows: [rows.rowOf(aggregate, version)], guard }]);
  }
}
