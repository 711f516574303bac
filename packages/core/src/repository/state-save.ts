import type { Cause } from "../causation/cause";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { checkOpenState, noteStored } from "../elements/open-aggregate";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import { streamOf } from "../event-store/stream-names";
import { twinAfter } from "../facts/twin";
import type { AggregateModel } from "../model/aggregate-model";
import type { AppendRequest } from "../ports/event-log";
import type { Operation } from "../ports/operations";
import type { Row } from "../ports/table";
import { aggregateViolation } from "../reservations/aggregate-violation";
import type { StateTable } from "../states/state-table";
import { noteStoredRow, storedRow } from "../states/stored-rows";
import type { Participant } from "../unit-of-work/participant";
import { AggregateSave, type AggregateSaveParts } from "./aggregate-save";
import type { AggregatesOfUnit } from "./aggregates-of-unit";
import type { LiveSave } from "./live-save";

/** What the saves of one class work with. */
export interface StateSaveParts<A extends AggregateRoot> extends Omit<AggregateSaveParts<A>, "saved"> {
  readonly rows: StateTable<A>;
  /** Called with the id of an aggregate whose save was refused because others were faster. */
  readonly refused: (id: string) => void;
}

/** Stores the row of an aggregate, and the events that were raised on it, when its unit of work is committed; or deletes the row. */
export class StateSave<A extends AggregateRoot = AggregateRoot> implements Participant, LiveSave {
  readonly events: AggregateSave<A>;
  #isDeletion = false;
  /** What it stores; undefined before the commit, and where nothing has changed. */
  #change: RowChange | undefined;

  constructor(
    readonly aggregate: A,
    private readonly parts: StateSaveParts<A>,
    /** All that the unit of work saves. */
    private readonly together: Pick<AggregatesOfUnit, "savedOf">,
  ) {
    this.events = new AggregateSave(aggregate, parts);
  }

  get model(): AggregateModel<A> {
    return this.parts.model;
  }

  /** The version of the aggregate after the save; undefined where it stores no state. */
  get savedVersion(): number | undefined {
    return this.#change?.row && this.#change.version;
  }

  attribute(cause: Cause): void {
    this.events.attribute(cause);
  }

  delete(): void {
    this.#isDeletion = true;
  }

  check(): void {
    this.events.check();
    if (!this.#isDeletion) checkOpenState(this.aggregate);
  }

  /** @throws ValidationError for a state that cannot be stored. */
  requests(now: number): readonly AppendRequest[] {
    const requests = this.events.requests(now);
    this.#change = this.#changeOf(requests[0]);
    return requests;
  }

  also(): readonly Operation[] {
    if (this.#change === undefined) return [];
    const { table } = this.parts.rows;
    const { row, guard } = this.#change;
    return row === undefined
      ? [{ kind: "deleteRows", table, keys: [this.aggregate.id], guard }]
      : [{ kind: "upsertRows", table, rows: [row], guard }];
  }

  /** A lost race is one for the aggregate, whichever of its row and its stream told. */
  explain(error: unknown): Error | undefined {
    const { rows, model } = this.parts;
    const { name: table } = rows.table;
    const ids = () => this.together.savedOf(model).map(({ id }) => id);
    const violation = aggregateViolation(error, { model, table, ids });
    if (violation !== undefined) return violation;
    const row = error instanceof OperationConflictError ? error.details.row : undefined;
    if (row === undefined || row.table !== table || row.key !== this.aggregate.id) return undefined;
    const expected = this.#change?.guard.expected[0] ?? -1;
    const { stream } = streamOf(model.category, row.key);
    return new ExpectedVersionError({ stream, expected, actual: row.found ?? -1 });
  }

  failed(error: unknown): void {
    const { category } = this.model;
    const { id } = this.aggregate;
    if (error instanceof ExpectedVersionError && error.stream === streamOf(category, id).stream) this.parts.refused(id);
  }

  committed(): void {
    this.events.committed();
    if (this.#change === undefined) return;
    const { row, version } = this.#change;
    noteStoredRow(this.aggregate, row);
    lifeOf(this.aggregate).version = version;
    noteStored(this.aggregate);
  }

  #changeOf(request: AppendRequest | undefined): RowChange | undefined {
    const { rows } = this.parts;
    const { aggregate } = this;
    const stored = storedRow(aggregate);
    const guard = guardOf(stored && rows.versionOf(stored));
    if (this.#isDeletion) return { row: undefined, version: -1, guard };
    const { isOpen, version } = lifeOf(aggregate);
    if (!isOpen) {
      if (request === undefined) return undefined;
      const folded = rows.isFlat ? aggregate : (twinAfter(aggregate, request, this.model) as A);
      return { row: rows.rowOf(folded, version), version, guard };
    }
    const row = rows.rowOf(aggregate, version + 1);
    if (request === undefined && stored !== undefined && rows.holdSame(row, stored)) return undefined;
    return { row, version: version + 1, guard };
  }
}

/** What becomes of the row of an aggregate. */
interface RowChange {
  /** Undefined where it is deleted. */
  readonly row: Row | undefined;
  readonly version: number;
  readonly guard: ReturnType<typeof guardOf>;
}

/** @param stored the version that the row must still have; undefined where there must be none. */
function guardOf(stored: number | undefined) {
  return { column: "_version", expected: [stored ?? null] };
}
