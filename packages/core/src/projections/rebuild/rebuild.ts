import type { AggregateRoot } from "../../elements/aggregate-root";
import { RebuildError } from "../../errors/rebuild-error";
import { UniqueViolationError } from "../../errors/unique-violation-error";
import { now } from "../../ports/real-timers";
import { subscriptionOf } from "../projection-consumer";
import type { RowFolding } from "../row-folding";
import type { PreparedProjection } from "../start-projections";
import { DryRunComparison } from "./dry-run-comparison";
import { FoldedPages } from "./folded-pages";
import { foldingCode } from "./folding-code";
import { foldingBehindStates, LatestFacts } from "./latest-facts";
import { notUnique } from "./not-unique";
import { RebuildLease } from "./rebuild-lease";
import type { RebuildOptions, RebuildPhase, RebuildResult } from "./rebuild-options";
import { type RebuildStores, Shadow } from "./shadow";
import { ShadowFold } from "./shadow-fold";
import { ShadowRows } from "./shadow-rows";
import { SkippedEvents } from "./skipped-events";
import { SwitchOver } from "./switch-over";

export interface RebuildParts {
  readonly projection: PreparedProjection;
  readonly stores: RebuildStores;
  /** How long a process that has died keeps others from going on with its rebuild. */
  readonly leaseMs: number;
  /** The present time: milliseconds since 1970, UTC. */
  readonly clock: () => number;
}

/** Folds all rows of a projection again, into a table beside the present one. */
export class Rebuild {
  readonly #parts: RebuildParts;
  readonly #options: RebuildOptions;
  readonly #shadow: Shadow;
  readonly #startsFromFacts: boolean;
  #total = 0;
  #events = 0;
  #rows = 0;
  #phase: RebuildPhase = "folding";

  constructor(parts: RebuildParts, options: RebuildOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#startsFromFacts = startsFromFacts(parts.projection, options);
    const code = foldingCode(parts.projection.model) + (this.#startsFromFacts ? ", from facts" : "");
    this.#shadow = new Shadow(parts.projection, parts.stores, { code, isKept: options.dryRun !== true });
  }

  /** @throws RebuildError; the reason of the signal. */
  async run(): Promise<RebuildResult> {
    const begun = now();
    const { stores, leaseMs } = this.#parts;
    this.#options.signal?.throwIfAborted();
    const { subscription } = this.#shadow;
    const lease = await RebuildLease.begin(stores.operations.subscriptions, { subscription, leaseMs });
    try {
      return this.#options.dryRun === true ? await this.#tried(lease, begun) : await this.#rebuilt(lease, begun);
    } finally {
      await lease.end();
    }
  }

  async #rebuilt(lease: RebuildLease, begun: number): Promise<RebuildResult> {
    const { projection, stores, clock } = this.#parts;
    const { signal } = this.#options;
    const shadow = this.#shadow;
    const skipped = await this.#skipped();
    const fold = await this.#fold(lease, skipped);
    try {
      this.#tell("folding");
      if (this.#startsFromFacts && skipped.areNone && fold.checkpoints.highest === 0)
        await fold.startFrom(this.#facts());
      await fold.toTheEnd();
      this.#tell("indexing");
      await this.#index();
      this.#tell("switching");
      await new SwitchOver({ projection, stores, shadow, fold, skipped, lease, signal, now: clock }).run();
    } catch (error) {
      // Rows of code that has to be corrected are of no use.
      if (error instanceof RebuildError) await this.#dropped(fold);
      throw error;
    }
    const rows = await stores.operations.readModels.count({ table: projection.folding.table, where: [] });
    return { rows, events: this.#events, ms: now() - begun };
  }

  async #tried(lease: RebuildLease, begun: number): Promise<RebuildResult> {
    const { projection, stores } = this.#parts;
    const { signal } = this.#options;
    const shadow = this.#shadow;
    const fold = await this.#fold(lease, await this.#skipped());
    try {
      const comparison = new DryRunComparison({ projection, stores, shadow, fold, lease, signal });
      this.#tell("folding");
      await comparison.fold();
      await this.#index();
      const estimatedMs = now() - begun;
      this.#tell("comparing");
      const dryRun = { ...(await comparison.compare()), estimatedMs };
      const rows = await stores.operations.readModels.count({ table: shadow.tables.table, where: [] });
      return { rows, events: this.#events, ms: now() - begun, dryRun };
    } finally {
      await this.#dropped(fold);
    }
  }

  async #fold(lease: RebuildLease, skipped: SkippedEvents): Promise<ShadowFold> {
    const { projection, stores } = this.#parts;
    const { model } = projection;
    const { operations, log } = stores;
    const { table } = this.#shadow.tables;
    const checkpoints = await this.#shadow.open(lease);
    const present = projection.folding;
    const folding = checkpoints.foldingBehind(this.#startsFromFacts ? foldingBehindStates(ofStates(present)) : present);
    await this.#count(checkpoints.position);
    const { readModels } = operations;
    return new ShadowFold({
      projection: model.name,
      folding,
      pages: new FoldedPages(log, folding, model.sources),
      operations,
      checkpoints,
      rows: (isNew) => new ShadowRows({ folding, table, readModels, isNew, rows: this.#total }),
      skipped,
      signal: this.#options.signal,
      advanced: (events, rows) => {
        this.#events += events;
        this.#rows += rows;
        this.#tell(this.#phase);
      },
    });
  }

  #facts(): LatestFacts {
    const { projection, stores } = this.#parts;
    const { model } = projection.model.aggregate!;
    return new LatestFacts({ log: stores.log, model, facts: model.facts!, folding: ofStates(projection.folding) });
  }

  async #count(position: number): Promise<void> {
    const { projection, stores } = this.#parts;
    const { model, folding } = projection;
    const { categories } = folding;
    const types = model.aggregate === undefined ? { types: [...model.reactions.keys()] } : {};
    const range = { categories, ...types, limit: Number.MAX_SAFE_INTEGER };
    const { events } = await stores.log.countEvents({ ...range, after: 0 });
    this.#total = events;
    if (position > 0) this.#events = events - (await stores.log.countEvents({ ...range, after: position })).events;
  }

  async #index(): Promise<void> {
    try {
      await this.#parts.stores.operations.readModels.createTable(this.#shadow.tables.indexed);
    } catch (error) {
      throw error instanceof UniqueViolationError ? notUnique(this.#parts.projection.model.name, error) : error;
    }
  }

  async #skipped(): Promise<SkippedEvents> {
    const { projection, stores } = this.#parts;
    const subscription = subscriptionOf(projection.model);
    return new SkippedEvents(await stores.operations.subscriptions.parked({ subscription, states: ["skipped"] }));
  }

  /** Where it cannot be dropped, another process goes on with it, or the store is away: the next rebuild begins anew. */
  async #dropped(fold: ShadowFold): Promise<void> {
    await this.#shadow.drop(fold.checkpoints).catch(() => undefined);
  }

  #tell(phase: RebuildPhase): void {
    this.#phase = phase;
    const { onProgress } = this.#options;
    const [events, rows] = [this.#events, this.#rows];
    onProgress?.({ phase, events, total: Math.max(this.#total, events), rows });
  }
}

/** Facts say nothing about single events: a dry run compares at the positions of the present rows. */
export function startsFromFacts({ model }: PreparedProjection, { facts = true, dryRun }: RebuildOptions): boolean {
  return facts && dryRun !== true && model.aggregate?.model.facts !== undefined;
}

/** The rows of a projection that keeps the states of an aggregate class are aggregates. */
function ofStates(folding: RowFolding): RowFolding<AggregateRoot> & RowFolding {
  return folding as unknown as RowFolding<AggregateRoot> & RowFolding;
}
