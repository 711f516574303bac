import { ConfigurationError } from "../errors/configuration-error";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import type { ProjectionModel } from "../model/projection-model";
import type { EventLog } from "../ports/event-log";
import type { OperationStores, PutState } from "../ports/operations";
import { checkpointsAt } from "../subscriptions/first-checkpoints";
import { settledEnd } from "../subscriptions/settled-end";
import { bringUpToDate } from "./bring-up-to-date";
import { changesSince, type DeclarationRecord, declarationRecord } from "./declaration-record";
import { type ProjectionConsumer, subscriptionOf } from "./projection-consumer";
import { showAtOnce } from "./projection-views";
import type { RowFolding } from "./row-folding";
import { type KnownDeclaration, putDeclaration, storedDeclaration } from "./stored-declaration";

/** A projection and what folds its events. */
export interface PreparedProjection {
  readonly model: ProjectionModel;
  readonly folding: RowFolding;
  readonly consumer: ProjectionConsumer;
}

interface StartParts {
  readonly domain: string;
  readonly projections: readonly PreparedProjection[];
  readonly log: EventLog;
  readonly operations: OperationStores;
  /** How many buckets the keys of a projection are spread over. */
  readonly buckets: number;
}

/**
 * Prepares the store for projections: their tables, views and checkpoints, and a record of how each is declared. A projection that is
 * inline from now on is brought up to date first.
 *
 * @throws ConfigurationError listing every projection whose shape changed under the same version; what folding events throws.
 */
export async function startProjections(parts: StartParts): Promise<void> {
  const { projections, operations } = parts;
  const known = await Promise.all(projections.map((projection) => storedDeclaration(projection.model, parts)));
  const faults = projections.flatMap(({ model }, index) => shapeFault(model, known[index]?.record));
  if (faults.length > 0) throw new ConfigurationError(faults, "the projections");
  for (const [index, projection] of projections.entries()) {
    await operations.readModels.createTable(projection.folding.table);
    await startOne(projection, known[index], parts);
    await showAtOnce(projection, operations.readModels);
  }
}

async function startOne(
  projection: PreparedProjection,
  known: KnownDeclaration | undefined,
  parts: StartParts,
): Promise<void> {
  const { model, consumer } = projection;
  const { operations, log } = parts;
  const { subscriptions } = operations;
  const subscription = subscriptionOf(model);
  if (known?.record.mode === model.mode) return;
  const isLaid = (await subscriptions.checkpoints(subscription)).length > 0;
  if (!isLaid) await subscriptions.layCheckpoints(checkpointsAt(subscription, 0, parts.buckets));
  const put = putDeclaration(model, known, declarationRecord(model, known?.record), parts);
  try {
    if (model.mode === "inline") {
      await bringUpToDate(consumer, model.sources, { log, operations });
      await operations.flush([put]);
    } else if (known !== undefined) await goOnFromTheEnd(subscription, put, parts);
    else await operations.flush([put]);
  } catch (error) {
    // Another process was just starting the same projection.
    if (error instanceof ExpectedVersionError || error instanceof OperationConflictError)
      return await startOne(projection, await storedDeclaration(model, parts), parts);
    throw error;
  }
}

/** Everything that is stored was folded inline: the subscription starts behind it. */
async function goOnFromTheEnd(subscription: string, put: PutState, { log, operations }: StartParts): Promise<void> {
  const expected = await operations.subscriptions.checkpoints(subscription);
  const position = await settledEnd(log, Math.max(...expected.map((checkpoint) => checkpoint.position)));
  const checkpoints = expected.map(({ bucket }) => ({ bucket, position }));
  await operations.flush([put, { kind: "replaceCheckpoints", subscription, expected, checkpoints }]);
}

function shapeFault(model: ProjectionModel, before: DeclarationRecord | undefined): readonly string[] {
  if (before === undefined) return [];
  const changes = changesSince(before, declarationRecord(model));
  if (changes.length === 0) return [];
  const { name, version } = model;
  const found = `${name} is declared otherwise than the rows of its version ${version} were stored`;
  return [`${found}: ${changes.join("; ")}; raise version to ${version + 1}`];
}
