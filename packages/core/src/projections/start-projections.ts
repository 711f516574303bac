import { ConfigurationError } from "../errors/configuration-error";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import type { ProjectionModel } from "../model/projection-model";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import type { PutState } from "../ports/operations";
import { checkpointsAt } from "../subscriptions/holding/first-checkpoints";
import { settledEnd } from "../subscriptions/reading/settled-end";
import { bringUpToDate } from "./bring-up-to-date";
import { changesSince, type DeclarationRecord, declarationRecord } from "./declaration-record";
import { type ProjectionConsumer, subscriptionOf } from "./projection-consumer";
import { showAtOnce } from "./projection-views";
import type { RowFolding } from "./row-folding";
import { type StoredDeclaration, StoredDeclarations } from "./stored-declarations";

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
  const { domain, projections, log, operations, buckets } = parts;
  const declarations = new StoredDeclarations(domain, operations);
  const known = await Promise.all(projections.map(({ model }) => declarations.of(subscriptionOf(model))));
  const faults = projections.flatMap((projection, index) => shapeFault(projection, known[index]?.record));
  if (faults.length > 0) throw new ConfigurationError(faults, "the projections");
  const stores = { declarations, log, operations, buckets };
  const starts = projections.map((projection) => new ProjectionStart(projection, stores));
  for (const [index, start] of starts.entries()) await start.prepare(known[index]);
  // Of several new versions the view shows the highest one.
  for (const { projection } of starts.sort((a, b) => b.projection.model.version - a.projection.model.version))
    await showAtOnce(projection, { declarations, readModels: operations.readModels });
}

interface StartStores extends Pick<StartParts, "log" | "operations" | "buckets"> {
  readonly declarations: StoredDeclarations;
}

/** The start of one projection. */
class ProjectionStart {
  readonly #subscription: string;

  constructor(
    readonly projection: PreparedProjection,
    private readonly stores: StartStores,
  ) {
    this.#subscription = subscriptionOf(projection.model);
  }

  async prepare(known: StoredDeclaration | undefined): Promise<void> {
    await this.stores.operations.readModels.createTable(this.projection.folding.table);
    await this.#record(known);
  }

  async #record(known: StoredDeclaration | undefined): Promise<void> {
    const { declarations, log, operations, buckets } = this.stores;
    const { model, consumer } = this.projection;
    const declared = declarationRecord(this.projection);
    if (known?.record.mode === model.mode)
      return await declarations.change(this.#subscription, (record) => ({ ...record, ...declared }));
    const isLaid = (await operations.subscriptions.checkpoints(this.#subscription)).length > 0;
    if (!isLaid) await operations.subscriptions.layCheckpoints(checkpointsAt(this.#subscription, 0, buckets));
    const put = declarations.putting(this.#subscription, { ...known?.record, ...declared }, known);
    try {
      if (model.mode === "inline") {
        await this.#refuseKeysSetAside();
        await bringUpToDate(consumer, model.sources, { log, operations });
        await operations.flush([put]);
      } else if (known !== undefined) await this.#goOnFromTheEnd(put);
      else await operations.flush([put]);
    } catch (error) {
      // Another process was just starting the same projection.
      if (error instanceof ExpectedVersionError || error instanceof OperationConflictError)
        return await this.#record(await declarations.of(this.#subscription));
      throw error;
    }
  }

  /** Everything that is stored was folded inline: the subscription starts behind it. */
  async #goOnFromTheEnd(put: PutState): Promise<void> {
    const { log, operations } = this.stores;
    const subscription = this.#subscription;
    const expected = await operations.subscriptions.checkpoints(subscription);
    const position = await settledEnd(log, Math.max(...expected.map((checkpoint) => checkpoint.position)));
    const checkpoints = expected.map(({ bucket }) => ({ bucket, position }));
    await operations.flush([put, { kind: "replaceCheckpoints", subscription, expected, checkpoints }]);
  }

  /** The rows of such keys lack events, which nobody would fold any more. */
  async #refuseKeysSetAside(): Promise<void> {
    const { name } = this.projection.model;
    const states = ["waiting", "parked", "retry", "skip"] as const;
    const [parked] = await this.stores.operations.subscriptions.parked({
      subscription: this.#subscription,
      states,
      limit: 1,
    });
    if (parked === undefined) return;
    throw new ConfigurationError(
      `${name} cannot become inline while keys are set aside, such as ${JSON.stringify(parked.key)} at global position ${parked.position}: ` +
        "start it as async, and retry or skip them",
    );
  }
}

function shapeFault(projection: PreparedProjection, before: DeclarationRecord | undefined): readonly string[] {
  if (before === undefined) return [];
  const changes = changesSince(before, declarationRecord(projection));
  if (changes.length === 0) return [];
  const { name, version } = projection.model;
  const found = `${name} is declared otherwise than the rows of its version ${version} were stored`;
  return [`${found}: ${changes.join("; ")}; raise version to ${version + 1}`];
}
