import type { EventLog } from "../../ports/event-log";
import type { OperationStores } from "../../ports/operation-stores";
import { KnownEvents } from "../../subscriptions/reading/known-events";
import { settledEnd } from "../../subscriptions/reading/settled-end";
import type { PreparedProjection } from "../start-projections";
import type { StoredVersion } from "./stored-versions";

/** How a version of a projection is: what `domain.projections()` lists. */
export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly mode: "async" | "inline";
  readonly state: ProjectionState;
  readonly table: string;
  /** The view with the name of the projection, for other tools. */
  readonly view: string;
  /** The version that the view shows; undefined where there is no view. */
  readonly shownVersion: number | undefined;
  /** Whether that is this one. */
  readonly isShown: boolean;
  /** Undefined where the table cannot be read: it was made by an earlier version of this package, and nobody declares it. */
  readonly rows: number | undefined;
  /** The global position up to which every event is folded, or its key set aside; undefined where that cannot be told. */
  readonly position: number | undefined;
  /**
   * How many events it has still to fold, counted up to 100,000. Of a version that this code does not declare: how many events its
   * aggregates have had since, as far as that can be told.
   */
  readonly lag: number | undefined;
  /** The table with the rows before the last rebuild, as long as it is kept. */
  readonly keptTable?: string;
}

/**
 * `current`: the view shows it. `building`: it is newer than what the view shows. `old`: the view shows a newer one. `undeclared`: this
 * code does not declare it.
 */
export type ProjectionState = "current" | "building" | "old" | "undeclared";

interface StatusParts {
  readonly log: EventLog;
  readonly operations: Pick<OperationStores, "readModels" | "subscriptions">;
  /** Finds the projection of a version in this code. */
  readonly declared: (subscription: string) => PreparedProjection | undefined;
}

const COUNTED = 100_000;

/** Tells how a version of a projection is. */
export async function projectionStatus(stored: StoredVersion, parts: StatusParts): Promise<ProjectionStatus> {
  const { name, version, subscription, declaration, table, view, shownVersion } = stored;
  const { readModels } = parts.operations;
  const declared = parts.declared(subscription);
  const columns = declared?.folding.table ?? declaration.record.table;
  const counts = columns !== undefined && (await readModels.has(table));
  const rows = counts ? await readModels.count({ table: columns, where: [] }) : undefined;
  return {
    name,
    version,
    mode: declaration.record.mode,
    state: stateOf(stored, declared !== undefined),
    table,
    view,
    shownVersion,
    isShown: shownVersion === version,
    rows,
    ...(declaration.record.kept !== undefined && { keptTable: declaration.record.kept.table }),
    ...(await progressOf(stored, declared, parts)),
  };
}

function stateOf({ version, shownVersion }: StoredVersion, isDeclared: boolean): ProjectionState {
  if (!isDeclared) return "undeclared";
  if (version === shownVersion) return "current";
  return shownVersion === undefined || version > shownVersion ? "building" : "old";
}

/** How far a version is. Undefined for an inline one that this code does not declare: what this code appends is not in its rows. */
export async function progressOf(
  { subscription, declaration: { record } }: StoredVersion,
  declared: PreparedProjection | undefined,
  { log, operations }: StatusParts,
): Promise<Pick<ProjectionStatus, "position" | "lag">> {
  if (record.mode === "inline")
    return declared === undefined
      ? { position: undefined, lag: undefined }
      : { position: await settledEnd(log), lag: 0 };
  const checkpoints = await operations.subscriptions.checkpoints(subscription);
  if (checkpoints.length === 0) return { position: undefined, lag: undefined };
  const position = Math.min(...checkpoints.map((checkpoint) => checkpoint.position));
  const categories = declared?.folding.categories ?? record.categories;
  if (categories === undefined) return { position, lag: undefined };
  const types = declared && { types: wantedTypes(declared) };
  const { events } = await log.countEvents({ after: position, categories, limit: COUNTED, ...types });
  return { position, lag: events };
}

function wantedTypes({ model, folding }: PreparedProjection): readonly string[] {
  return new KnownEvents(model.sources).typesIn(folding.categories).filter((type) => folding.wants(type));
}
