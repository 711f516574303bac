import type { AggregateRoot } from "../../elements/aggregate-root";
import { ExpectedVersionError } from "../../errors/expected-version-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import type { Loader } from "../../loading/aggregate-loader";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventLog } from "../../ports/event-log";
import type { DeleteRows } from "../../ports/operations";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row } from "../../ports/table";
import { tableRows } from "../../rows/table-rows";
import { reasonOf } from "../../wording/in-words";
import { type StateTable, VERSION } from "../state-table";
import type { AggregateProgress } from "./aggregate-verification";
import { type AggregateDifference, type ComparedAggregates, Comparisons } from "./compared-aggregates";
import { openedAggregate } from "./opened-aggregate";
import { fieldsOfRow, rowDifferences } from "./row-differences";

/** How to convert the aggregates of a class from rows to events. */
export interface ConvertAggregateOptions {
  /** Compares the rows with what the events would give, and writes nothing. */
  readonly dryRun?: boolean;
  /** Ends the conversion; the next one goes on with the rows that are left. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each aggregate. */
  readonly onProgress?: ((progress: AggregateProgress) => void) | undefined;
}

/** The outcome of a conversion. */
export interface AggregateConversion extends ComparedAggregates {
  /** The table that the rows are in. It is dropped with its view once it has none. */
  readonly table: string;
  readonly dryRun: boolean;
  /** How many rows have become events. None where one of them differs: the differences are to be mended first. */
  readonly converted: number;
}

interface AggregateConverterParts {
  readonly model: AggregateModel;
  /** The rows of the former release; undefined where there is no table of them. */
  readonly rows: StateTable | undefined;
  /** The name that their table has, or would have. */
  readonly table: string;
  readonly log: Pick<EventLog, "readStream">;
  readonly readModels: Pick<ReadModelStore, "rows" | "query" | "count" | "dropTableUnless">;
  /** Folds all events. */
  readonly loader: Loader;
  /** Saves an aggregate, and applies an operation in the same transaction. */
  readonly save: (aggregate: AggregateRoot, also: DeleteRows) => Promise<void>;
}

/** How often a row is looked at again that others save meanwhile. */
const ATTEMPTS = 20;

/**
 * Moves the aggregates of a class from rows to events: appends to the stream of each an opening event that is made of its row, and deletes
 * the row in the same transaction. Each row is there or its opening event is, whenever the conversion is cut off.
 */
export class AggregateConverter {
  constructor(
    private readonly parts: AggregateConverterParts,
    private readonly options: ConvertAggregateOptions,
  ) {}

  /** @throws IncorrectUsageError for an opening that is no event of the aggregate; the signal's reason. */
  async run(): Promise<AggregateConversion> {
    const { rows, table, readModels } = this.parts;
    const { dryRun = false } = this.options;
    if (rows === undefined) return { table, dryRun, converted: 0, ...new Comparisons().result };
    const compared = new Comparisons();
    await this.#each(rows, "Comparing", async (id) => note(compared, id, await this.#attempt(id, rows, false)));
    if (dryRun || compared.differing + compared.failing > 0) return { table, dryRun, converted: 0, ...compared.result };
    const done = new Comparisons();
    await this.#each(rows, "Converting", async (id) => note(done, id, await this.#attempt(id, rows, true)));
    const { checked, differing, failing } = done;
    // Not where a process of the former release has stored a row meanwhile.
    await readModels.dropTableUnless({ table: rows.table, where: [] });
    return { table, dryRun, converted: checked - differing - failing, ...done.result };
  }

  async #each(rows: StateTable, phase: string, work: (id: string) => Promise<void>): Promise<void> {
    const { readModels } = this.parts;
    const { signal, onProgress } = this.options;
    const aggregates = await readModels.count({ table: rows.table, where: [] });
    let done = 0;
    for await (const page of tableRows(readModels, rows.table))
      for (const [id] of page) {
        signal?.throwIfAborted();
        await work(id as string);
        onProgress?.({ phase, done: ++done, aggregates });
      }
  }

  /** @returns undefined where the row is gone. */
  async #attempt(id: string, rows: StateTable, writes: boolean): Promise<Attempt | undefined> {
    for (let attempt = 1; ; attempt++) {
      const [stored] = await this.parts.readModels.rows(rows.table, [id]);
      if (stored === undefined) return undefined;
      try {
        const { aggregate, differences } = await this.#opened(id, stored, rows);
        if (differences.length > 0 || !writes) return { differences };
        await this.parts.save(aggregate, deletion(id, stored, rows));
        return { differences };
      } catch (error) {
        if (error instanceof IncorrectUsageError || error instanceof StoreUnavailableError) throw error;
        // A process of the former release has saved it.
        const isConflict = error instanceof ExpectedVersionError || error instanceof OperationConflictError;
        if (!isConflict || attempt === ATTEMPTS) return { reason: reasonOf(error) };
      }
    }
  }

  async #opened(id: string, stored: Row, rows: StateTable) {
    const aggregate = await openedAggregate(id, fieldsOfRow(rows, stored), this.parts);
    const folded = rows.rowOf(aggregate, rows.versionOf(stored));
    return { aggregate, differences: rowDifferences(rows, id, { stored, folded }) };
  }
}

type Attempt = { readonly differences: readonly AggregateDifference[] } | { readonly reason: string };

function note(comparisons: Comparisons, id: string, attempt: Attempt | undefined): void {
  if (attempt === undefined) return;
  if ("reason" in attempt) comparisons.fail({ id, reason: attempt.reason });
  else comparisons.note(attempt.differences);
}

function deletion(id: string, stored: Row, rows: StateTable): DeleteRows {
  const guard = { column: VERSION.name, expected: [rows.versionOf(stored)] };
  return { kind: "deleteRows", table: rows.table, keys: [id], guard };
}

/** @throws IncorrectUsageError for a class that no conversion leads to. */
export function refuseUnconvertible({ name, storage }: AggregateModel): void {
  const { stored, opening } = storage;
  if (stored !== "events")
    throw new IncorrectUsageError(
      `Cannot convert ${name}: it is stored as ${stored === "both" ? "both" : "its state"}; convert it with the release that declares it with stored: "events"`,
    );
  if (opening === undefined)
    throw new IncorrectUsageError(
      `Cannot convert ${name}: it declares no opening event; add opening: (state) => … to its decorator, which makes the event from the state of a row`,
    );
}
