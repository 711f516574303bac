import type { Operation } from "../ports/operations";
import type { ReadModelStore } from "../ports/read-model-store";
import type { Row } from "../ports/table";
import type { AppendedEvent } from "./appended-event";
import { FoldFailure } from "./fold-failure";
import { foldPlanned, type PlannedSteps, plannedSteps, type RowsInHand } from "./planned-steps";
import { newRevision } from "./revision";
import type { RowFolding } from "./row-folding";

interface InlineFolding {
  readonly folding: RowFolding;
  readonly readModels: Pick<ReadModelStore, "rows">;
  readonly events: readonly AppendedEvent[];
  /** The rows that are known already; undefined for those that were missing. */
  readonly loaded: ReadonlyMap<string, Row | undefined> | undefined;
  /** Whether a row is taken to be missing that a new stream makes under its own id. */
  readonly mayAssume: boolean;
  /** Told of the events of each category whether one concerned the row with the id of its aggregate. */
  readonly learnt: (category: string, isOwnKey: boolean) => void;
}

/** The row as it is stored: its revision, null where there is none. */
type Revisions = ReadonlyMap<string, number | null>;

/**
 * Folds events that are about to be appended into the rows of one projection.
 *
 * @returns the changes of the rows, each refused when another writer was faster.
 * @throws what a method throws.
 */
export async function inlineOperations(inline: InlineFolding): Promise<readonly Operation[]> {
  const { folding, events } = inline;
  const planned = plannedSteps(folding, events);
  if (planned.failure !== undefined) throw planned.failure.failure.error;
  if (planned.steps.length === 0) return [];
  learn(planned, inline);
  const stored = await storedRows(planned, inline);
  const rows: RowsInHand<object> = new Map();
  const revisions = new Map<string, number | null>();
  for (const [key, row] of stored) {
    rows.set(key, row && folding.decode(row));
    revisions.set(key, row === undefined ? null : (row.at(-1) as number));
  }
  const changed = new Set<string>();
  const failed = foldPlanned(planned, events, rows, changed);
  if (failed !== undefined) throw failed.failure.error;
  try {
    return guarded(folding, rows, changed, revisions);
  } catch (error) {
    throw error instanceof FoldFailure ? error.error : error;
  }
}

function learn({ steps, events: indexes }: PlannedSteps<object>, { events, learnt }: InlineFolding): void {
  const isOwnKey = new Map<string, boolean>();
  for (const [at, { key }] of steps.entries()) {
    const { category, aggregateId } = events[indexes[at]!]!;
    isOwnKey.set(category, isOwnKey.get(category) === true || key === aggregateId);
  }
  for (const [category, isOwn] of isOwnKey) learnt(category, isOwn);
}

async function storedRows(
  planned: PlannedSteps<object>,
  { folding, readModels, events, loaded, mayAssume }: InlineFolding,
): Promise<ReadonlyMap<string, Row | undefined>> {
  const rows = new Map<string, Row | undefined>();
  const unknown: string[] = [];
  const assumed = mayAssume ? assumedMissing(planned, events) : NONE;
  for (const key of planned.keys) {
    if (loaded?.has(key)) rows.set(key, loaded.get(key));
    else {
      rows.set(key, undefined);
      if (!assumed.has(key)) unknown.push(key);
    }
  }
  if (unknown.length > 0)
    for (const row of await readModels.rows(folding.table, unknown)) rows.set(row[0] as string, row);
  return rows;
}

const NONE: ReadonlySet<string> = new Set();

/** The keys of rows that the first event of a new stream makes under the id of its aggregate. */
function assumedMissing(
  { steps, events: indexes }: PlannedSteps<object>,
  events: readonly AppendedEvent[],
): ReadonlySet<string> {
  const met = new Set<string>();
  const assumed = new Set<string>();
  for (const [at, { key, creates }] of steps.entries()) {
    if (met.has(key)) continue;
    met.add(key);
    const { position, aggregateId } = events[indexes[at]!]!;
    if (creates && position === 0 && key === aggregateId) assumed.add(key);
  }
  return assumed;
}

function guarded(
  folding: RowFolding,
  rows: RowsInHand<object>,
  changed: ReadonlySet<string>,
  revisions: Revisions,
): readonly Operation[] {
  const { table } = folding;
  const { name: column } = table.columns.at(-1)!;
  const upserts: Row[] = [];
  const expectedOfUpserts: (number | null)[] = [];
  const deletes: string[] = [];
  const expectedOfDeletes: (number | null)[] = [];
  for (const key of [...changed].sort()) {
    const row = rows.get(key);
    const revision = revisions.get(key) ?? null;
    if (row === undefined) {
      deletes.push(key);
      expectedOfDeletes.push(revision);
    } else {
      upserts.push(folding.encode(key, row, newRevision()));
      expectedOfUpserts.push(revision);
    }
  }
  const operations: Operation[] = [];
  if (upserts.length > 0)
    operations.push({ kind: "upsertRows", table, rows: upserts, guard: { column, expected: expectedOfUpserts } });
  if (deletes.length > 0)
    operations.push({ kind: "deleteRows", table, keys: deletes, guard: { column, expected: expectedOfDeletes } });
  return operations;
}
