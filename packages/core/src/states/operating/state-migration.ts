import { ConfigurationError } from "../../errors/configuration-error";
import { UniqueViolationError } from "../../errors/unique-violation-error";
import type { Loader } from "../../loading/aggregate-loader";
import type { AggregateModel } from "../../model/aggregate-model";
import type { OperationStores } from "../../ports/operation-stores";
import { reasonOf } from "../../wording/in-words";
import type { StateTable } from "../state-table";
import { type AggregateMigrationPlan, extendedTable, migrationPlan } from "./migration-plan";
import { recordTable, useTable } from "./prepare-state-tables";
import { RowFaults } from "./row-faults";
import { RowMoves } from "./row-moves";
import { type OlderTable, type StoredTables, storedTables, whileThere } from "./stored-tables";

interface StateMigrationParts {
  readonly tables: Iterable<StateTable>;
  readonly stores: Pick<OperationStores, "flush" | "readModels" | "states">;
  readonly loaderOf: (model: AggregateModel) => Loader;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: MigrationProgress) => void) | undefined;
}

/** How far a migration is. */
export interface MigrationProgress {
  /** The name of the class. */
  readonly aggregate: string;
  /** `checking`: rows are read to see whether they fit; nothing is changed before all were checked. */
  readonly phase: "checking" | "moving";
  /** How many rows of the phase are done. */
  readonly rows: number;
  readonly total: number;
}

interface PlannedTable {
  readonly rows: StateTable;
  readonly stored: StoredTables;
  readonly plan: AggregateMigrationPlan;
}

/** Migrates the stored rows of aggregates to their declared shapes. May be called again after it was cut off, and by several at once. */
export class StateMigration {
  #planned: readonly PlannedTable[] = [];

  constructor(private readonly parts: StateMigrationParts) {}

  /** Says what there is to do, class by class; nothing of classes whose rows are as they are declared. */
  async plan(): Promise<readonly AggregateMigrationPlan[]> {
    const { tables, stores } = this.parts;
    const planned: PlannedTable[] = [];
    for (const rows of tables) {
      const stored = await storedTables(rows, stores);
      planned.push({ rows, stored, plan: migrationPlan(rows, stored) });
    }
    this.#planned = planned.filter(({ plan }) => plan.steps.length + plan.refusals.length > 0);
    return this.#planned.map(({ plan }) => plan);
  }

  /**
   * Reads all rows that are to be moved or checked, and changes nothing.
   * @throws ConfigurationError for a plan with refusals, and for rows that do not fit, naming them.
   */
  async check(): Promise<void> {
    const refusals = this.#planned.flatMap(({ plan }) => plan.refusals);
    if (refusals.length > 0) throw new ConfigurationError(refusals, "the tables of aggregates");
    const faults = new RowFaults();
    for (const planned of this.#planned) await this.#checkRows(planned, faults);
    faults.throwIfAny();
  }

  /** Carries out the plan. @throws ConfigurationError for rows that were written since they were checked, and do not fit. */
  async run(): Promise<void> {
    for (const planned of this.#planned) await this.#migrate(planned);
  }

  async #checkRows({ rows, stored, plan }: PlannedTable, faults: RowFaults): Promise<void> {
    const { model } = rows;
    const { stores } = this.parts;
    const moves = this.#movesOf(rows);
    const isMigrated = model.storage.truth === "state";
    const older = isMigrated ? stored.older.filter((each) => each.rows > 0) : [];
    const present = plan.steps.some(({ kind }) => kind === "checkRows");
    const total = older.reduce((sum, each) => sum + each.rows, present ? (stored.present?.rows ?? 0) : 0);
    const progress = this.#progress(model.name, "checking", total);
    for (const each of older)
      await whileThere(each.table.name, stores.readModels, async () => {
        for await (const page of moves.pages(each)) {
          for (const row of page)
            await faults.trying(model.name, String(row[0]), each.table.name, () => moves.rowOf(each, row));
          progress(page.length);
        }
      });
    if (!present) return;
    for await (const page of moves.pages(rows)) {
      for (const row of page)
        await faults.trying(model.name, String(row[0]), rows.table.name, () => checkRow(rows, row));
      progress(page.length);
    }
  }

  async #migrate({ rows, stored, plan }: PlannedTable): Promise<void> {
    const { stores } = this.parts;
    const { readModels } = stores;
    const { model, table } = rows;
    if (stored.present === undefined) {
      await recordTable(rows, stores);
      await readModels.createTable(table);
    } else await extended(() => readModels.extendTable(extendedTable(rows, stored.present!.columns)), model);
    const total = plan.steps.reduce((sum, step) => sum + (step.kind === "moveRows" ? step.rows : 0), 0);
    const progress = this.#progress(model.name, "moving", total);
    const moves = this.#movesOf(rows);
    for (let older: readonly OlderTable[] = stored.older; ; older = (await storedTables(rows, stores)).older) {
      for (const each of older) await whileThere(each.table.name, readModels, () => moves.moveAll(each, progress));
      if (await useTable(rows, { older }, stores)) return;
    }
  }

  #movesOf(rows: StateTable): RowMoves {
    const { stores, loaderOf, signal } = this.parts;
    return new RowMoves({ rows, stores, loader: loaderOf(rows.model), signal });
  }

  #progress(aggregate: string, phase: MigrationProgress["phase"], total: number): (count: number) => void {
    let rows = 0;
    return (count) => {
      rows += count;
      this.parts.onProgress?.({ aggregate, phase, rows, total: Math.max(rows, total) });
    };
  }
}

function checkRow(rows: StateTable, row: Parameters<StateTable["aggregateOf"]>[0]): void {
  const complaints = rows.model.shape.complaints(rows.aggregateOf(row));
  if (complaints === undefined) return;
  const [path, [complaint]] = Object.entries(complaints)[0] as [string, [string]];
  throw new Error(`${path}: ${complaint}`);
}

async function extended(extend: () => unknown, { name }: AggregateModel): Promise<void> {
  try {
    await extend();
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error;
    const { table, columns } = error.details as { readonly table: string; readonly columns: readonly string[] };
    throw new ConfigurationError(
      `Cannot migrate ${name}: rows of the table ${table} have the same ${columns.join(" and ")}, which it declares to be unique; ` +
        `change them, and migrate again (${reasonOf(error)})`,
    );
  }
}
