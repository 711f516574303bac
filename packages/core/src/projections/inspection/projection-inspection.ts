import type { ProjectionRoot } from "../../elements/projection";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { OperationStores } from "../../ports/operation-stores";
import { checkIdentifier } from "../../schema/identifier";
import { inWords } from "../../wording/in-words";
import { subscriptionOf } from "../projection-consumer";
import type { Projections } from "../projections";
import type { PreparedProjection } from "../start-projections";
import { ProjectedEvents } from "./projected-events";
import { type ProjectionStatus, projectionStatus } from "./projection-statuses";
import {
  type ProjectionVerification,
  ProjectionVerifier,
  type VerifyProjectionOptions,
} from "./projection-verification";
import { type ExplainRowOptions, type RowChange, rowHistory } from "./row-history";
import { positionsAtTheEnd, positionsOfBuckets, type RowPositions } from "./row-positions";
import { StoredVersions } from "./stored-versions";
import { VersionChanges } from "./version-changes";

interface InspectionParts {
  readonly projections: Projections;
  readonly adapter: Pick<EventStoreAdapter, "log" | "operations">;
}

type AnyProjection = { readonly prototype: ProjectionRoot; readonly name: string };

/** Compares the rows of projections with the events that they were folded from. */
export class ProjectionInspection {
  readonly #end = new AbortController();

  constructor(private readonly parts: InspectionParts) {}

  /** @throws IncorrectUsageError for a class that is not a registered projection; as `ProjectionVerifier.run` does. */
  async verify(projection: AnyProjection, options: VerifyProjectionOptions = {}): Promise<ProjectionVerification> {
    const signal = this.#until(options.signal);
    return await new ProjectionVerifier(this.#partsOf(projection), { ...options, signal }).run();
  }

  /** @throws IncorrectUsageError for a class that is not a registered projection; as `rowHistory` does. */
  explain(projection: AnyProjection, id: string, options: ExplainRowOptions = {}): AsyncGenerator<RowChange, void> {
    const parts = this.#partsOf(projection);
    checkIdentifier(id, parts.model.name);
    return rowHistory(parts, id, { ...options, signal: this.#until(options.signal) });
  }

  /** Ends what reads. @param refusal the reason for it. */
  close(refusal: () => Error): void {
    this.#end.abort(refusal());
  }

  /** Lists the versions of projections that the store knows, by name and version. */
  async list(): Promise<readonly ProjectionStatus[]> {
    const { projections, adapter } = this.parts;
    const { log, operations } = adapter;
    if (operations === undefined) return [];
    const parts = { log, operations, declared: (subscription: string) => projections.prepared(subscription) };
    const versions = await new StoredVersions(projections.declarations, operations).all();
    return await Promise.all(versions.map((version) => projectionStatus(version, parts)));
  }

  /** @throws as `VersionChanges.show` does. */
  async show(name: string, version: number): Promise<void> {
    await this.#changes(name, version).show(name, version);
  }

  /** @throws as `VersionChanges.drop` does. */
  async drop(name: string, version: number): Promise<void> {
    await this.#changes(name, version).drop(name, version);
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]);
  }

  #changes(name: unknown, version: unknown): VersionChanges {
    const { projections, adapter } = this.parts;
    if (typeof name !== "string" || !Number.isSafeInteger(version))
      throw new IncorrectUsageError(
        `A version is told by the name of its projection and a whole number, not by ${inWords(name)} and ${inWords(version)}`,
      );
    // Without operations this throws what `declarations` does.
    const { declarations } = projections;
    const operations = adapter.operations!;
    const declared = (subscription: string) => projections.prepared(subscription);
    return new VersionChanges({ log: adapter.log, operations, declarations, declared });
  }

  #partsOf(projection: AnyProjection) {
    const { model, folding } = this.parts.projections.of(projection);
    const { log } = this.parts.adapter;
    const { readModels } = this.#operations;
    const events = new ProjectedEvents(model, folding, log);
    const positions = (signal?: AbortSignal) => this.#positions({ model, folding }, signal);
    return { model, folding, readModels, events, positions };
  }

  async #positions(
    { model, folding }: Pick<PreparedProjection, "model" | "folding">,
    signal: AbortSignal | undefined,
  ): Promise<RowPositions> {
    const { log } = this.parts.adapter;
    if (model.mode === "inline") return await positionsAtTheEnd(log, folding.categories, signal);
    return await positionsOfBuckets(this.#operations.subscriptions, subscriptionOf(model));
  }

  /** There are no projections without them. */
  get #operations(): OperationStores {
    return this.parts.adapter.operations!;
  }
}
