import { OperationConflictError } from "../../errors/operation-conflict-error";
import { streamOf } from "../../event-store/stream-names";
import type { Loader } from "../../loading/aggregate-loader";
import type { AggregateModel } from "../../model/aggregate-model";
import { isOpen } from "../../model/aggregate-storage";
import type { EventLog } from "../../ports/event-log";
import type { OperationStores } from "../../ports/operation-stores";
import type { Operation } from "../../ports/operations";
import { type StateTable, VERSION } from "../state-table";
import type { AggregateDifference } from "./compared-aggregates";
import { type RowAndFold, rowDifferences } from "./row-differences";

interface RowVerificationParts {
  readonly model: AggregateModel;
  readonly rows: StateTable;
  readonly log: Pick<EventLog, "version">;
  readonly operations: Pick<OperationStores, "flush" | "readModels">;
  /** Folds all events. */
  readonly loader: Loader;
}

/** What was found of an aggregate. */
interface FoundRow extends RowAndFold {
  readonly differences: readonly AggregateDifference[];
}

/** How often an aggregate is looked at again that others save meanwhile. */
const ATTEMPTS = 20;

/** Compares the rows of aggregates with their events, each at one version, whatever is saved meanwhile. */
export class RowVerifier {
  constructor(private readonly parts: RowVerificationParts) {}

  /** @returns undefined where there is neither a row nor an event, and for an aggregate that was deleted. */
  async compare(id: string): Promise<FoundRow | undefined> {
    const { model, rows } = this.parts;
    const found = isOpen(model.storage) ? await this.#atOneSave(id) : await this.#atVersionOfRow(id);
    return found && { ...found, differences: rowDifferences(rows, id, found) };
  }

  /**
   * Writes the row that the events give in the place of one that differs.
   * @returns what it was found to be, and whether it was repaired.
   * @throws UniqueViolationError where another row has values that no two rows may have.
   */
  async repair(id: string): Promise<(FoundRow & { readonly repaired: boolean }) | undefined> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.compare(id);
      if (found === undefined || found.differences.length === 0) return found && { ...found, repaired: false };
      try {
        await this.parts.operations.flush([this.#putting(id, found)]);
        return { ...found, repaired: true };
      } catch (error) {
        // Somebody has saved it: what was compared is there no more.
        if (!(error instanceof OperationConflictError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Whoever saves it writes its row with its events. Up to the version of the row the events do not change any more. */
  async #atVersionOfRow(id: string): Promise<RowAndFold | undefined> {
    const { model, rows, log, loader } = this.parts;
    const version = await log.version(streamOf(model.category, id));
    const stored = await this.#row(id);
    const isCurrent = stored !== undefined && rows.versionOf(stored) >= version;
    const bounds = isCurrent ? { maxVersion: rows.versionOf(stored) } : {};
    const { aggregate } = await loader.load(id, { rebuild: true, ...bounds });
    const folded = aggregate && rows.rowOf(aggregate, aggregate.version);
    return stored === undefined && folded === undefined ? undefined : { stored, folded };
  }

  /** The version of such a row counts saves: events that were read between two looks at one save are those of the row. */
  async #atOneSave(id: string): Promise<RowAndFold | undefined> {
    const { rows, loader } = this.parts;
    let stored = await this.#row(id);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (stored === undefined) return undefined;
      const { aggregate } = await loader.load(id, { rebuild: true });
      const version = rows.versionOf(stored);
      const after = await this.#row(id);
      if (after !== undefined && rows.versionOf(after) === version)
        return { stored, folded: aggregate && rows.rowOf(aggregate, version) };
      stored = after;
    }
    throw new Error(`it was saved each of the ${ATTEMPTS} times that it was compared`);
  }

  async #row(id: string) {
    const { rows, operations } = this.parts;
    const [row] = await operations.readModels.rows(rows.table, [id]);
    return row;
  }

  #putting(id: string, { stored, folded }: RowAndFold): Operation {
    const { rows } = this.parts;
    const { table } = rows;
    const guard = { column: VERSION.name, expected: [stored === undefined ? null : rows.versionOf(stored)] };
    if (folded === undefined) return { kind: "deleteRows", table, keys: [id], guard };
    return { kind: "upsertRows", table, rows: [folded], guard };
  }
}
