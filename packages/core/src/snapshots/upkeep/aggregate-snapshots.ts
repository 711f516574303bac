import type { AggregateRoot } from "../../elements/aggregate-root";
import type { Clock } from "../../elements/clock";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { EventStore } from "../../event-store/event-store";
import { listIds } from "../../event-store/list-ids";
import { streamOf } from "../../event-store/stream-names";
import type { Loader } from "../../loading/aggregate-loader";
import type { Finder } from "../../loading/snapshot-finder";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { StreamRef } from "../../ports/stored-message";
import { checkIdentifier } from "../../schema/identifier";
import type { Snapshot } from "../snapshot";
import type { SnapshotPolicy } from "../snapshot-policy";
import { decodeSnapshot, UnreadableSnapshot } from "../snapshot-record";
import type { SnapshotWriter } from "../snapshot-writer";
import { mapAhead } from "./map-ahead";
import { SnapshotExaminer } from "./snapshot-examiner";
import { type SnapshotEntry, SnapshotListing } from "./snapshot-listing";
import { checkHasSnapshots } from "./snapshot-refusal";
import { checkKeep, SnapshotRetention } from "./snapshot-retention";
import { type LoadCounts, type SnapshotStatistics, snapshotStatistics } from "./snapshot-statistics";
import { type SnapshotWithTail, snapshotTails } from "./snapshot-tails";
import { type SnapshotVerification, SnapshotVerifier, type VerifySnapshotsOptions } from "./snapshot-verification";

interface AggregateSnapshotsParts<A extends AggregateRoot> {
  readonly adapter: EventStoreAdapter;
  readonly eventStore: EventStore;
  readonly model: AggregateModel<A>;
  readonly policy: SnapshotPolicy;
  /** Counts of the class's loads in this process. */
  readonly loads: () => LoadCounts;
  readonly finder: Finder;
  readonly loader: Loader<A>;
  readonly writer: SnapshotWriter<A>;
  readonly clock: Clock;
  /** Called after snapshots of one aggregate, or of any of the class, were deleted. */
  readonly deleted?: ((id?: string) => void) | undefined;
}

const AT_ONCE = 4;

/** The stored snapshots of one aggregate class. All of them can be deleted at any moment: events are the truth. */
export class AggregateSnapshots<A extends AggregateRoot = AggregateRoot> {
  readonly #parts: AggregateSnapshotsParts<A>;
  readonly #examiner: SnapshotExaminer;
  readonly #listing: SnapshotListing;
  readonly #verifier: SnapshotVerifier<A>;

  constructor(parts: AggregateSnapshotsParts<A>) {
    const { adapter, model, policy } = parts;
    this.#parts = parts;
    this.#examiner = new SnapshotExaminer({ adapter, model, maxStateBytes: policy.maxStateBytes });
    this.#listing = new SnapshotListing(adapter, model, this.#examiner);
    this.#verifier = new SnapshotVerifier({ ...parts, examiner: this.#examiner });
  }

  /** Reads the latest snapshot that can be decoded, of any schema; undefined where there is none. */
  async get(id: string): Promise<Snapshot | undefined> {
    return (await this.list(id))[0];
  }

  /** Reads all snapshots that can be decoded, the latest version first. */
  async list(id: string): Promise<Snapshot[]> {
    const stored = await this.#parts.adapter.snapshots.read(this.#stream(id));
    return stored.flatMap((snapshot) => {
      try {
        return [decodeSnapshot(snapshot, this.#parts.policy)];
      } catch (error) {
        if (error instanceof UnreadableSnapshot) return [];
        throw error;
      }
    });
  }

  /** Whether there is a snapshot that `get(id)` would return. */
  async exists(id: string): Promise<boolean> {
    return (await this.get(id)) !== undefined;
  }

  /** Deletes the snapshots of one aggregate, or only those of older schemas, unreadable ones included. @returns whether there were any. */
  async delete(id: string, filter: { readonly schemaVersionBelow?: number } = {}): Promise<boolean> {
    const deleted = await this.#parts.adapter.snapshots.delete({ ...checked(filter), ...this.#stream(id) });
    this.#parts.deleted?.(id);
    return deleted > 0;
  }

  /** Deletes the snapshots of all aggregates of the class, or only those of older schemas. @returns how many. */
  async deleteAll(filter: { readonly schemaVersionBelow?: number } = {}): Promise<number> {
    const { snapshotCategory: category } = this.#parts.model;
    const deleted = await this.#parts.adapter.snapshots.delete({ ...checked(filter), category });
    this.#parts.deleted?.();
    return deleted;
  }

  /**
   * Keeps the newest `keep` of each aggregate and kind (schema version and shape) and deletes the others, unreadable ones
   * included. At least one readable snapshot remains of each aggregate that has one, whatever interrupts it.
   *
   * @returns how many were deleted; with `dryRun` how many would be.
   */
  async prune({ keep, dryRun = false }: { readonly keep: number; readonly dryRun?: boolean }): Promise<number> {
    checkKeep(keep);
    const { adapter, model, policy } = this.#parts;
    const retention = new SnapshotRetention({ adapter, maxStateBytes: policy.maxStateBytes });
    const ids = listIds(adapter.snapshots, model.snapshotCategory);
    const prune = async (id: string) => await retention.prune(await this.#examiner.stored(id), { keep, dryRun });
    let deleted = 0;
    for await (const count of mapAhead(ids, prune, { atOnce: AT_ONCE })) deleted += count;
    return deleted;
  }

  /**
   * Lists every stored snapshot, and whether a load could use it: by id in the order of UTF-8 bytes, the newest first. With an
   * id, those of that aggregate. Snapshots are read during the iteration, a few aggregates at a time.
   */
  async *entries(id?: string): AsyncGenerator<SnapshotEntry, void, undefined> {
    if (id === undefined) yield* this.#listing.all();
    else {
      this.#stream(id);
      yield* await this.#listing.of(id);
    }
  }

  /**
   * Rebuilds one aggregate from its events alone and compares it with its snapshots.
   * @throws ObjectNotFoundError when it has neither events nor snapshots; IncorrectUsageError for a class whose aggregates are loaded from
   *   their rows.
   */
  verify(id: string, options?: VerifySnapshotsOptions): Promise<SnapshotVerification>;
  /** Verifies every aggregate during the iteration, a few at a time; with `repair`, wrong snapshots are rewritten. */
  verify(options?: VerifySnapshotsOptions): AsyncGenerator<SnapshotVerification, void, undefined>;
  verify(
    idOrOptions?: string | VerifySnapshotsOptions,
    options: VerifySnapshotsOptions = {},
  ): Promise<SnapshotVerification> | AsyncGenerator<SnapshotVerification, void, undefined> {
    checkHasSnapshots(this.#parts.model, "verify snapshots");
    if (typeof idOrOptions === "string") {
      this.#stream(idOrOptions);
      return this.#verifier.one(idOrOptions, options);
    }
    const { concurrency = AT_ONCE, ...others } = idOrOptions ?? {};
    if (!Number.isInteger(concurrency) || concurrency < 1)
      throw new IncorrectUsageError(`concurrency must be a whole number of at least 1, found ${concurrency}`);
    return this.#verifier.all({ ...others, concurrency });
  }

  /** Counts the snapshots, their bytes, their staleness and the loads of this process that used them. Reads every snapshot. */
  async stats(): Promise<SnapshotStatistics> {
    const { loads, policy, clock } = this.#parts;
    return await snapshotStatistics(this.#listing.all(), loads(), { threshold: policy.threshold, now: clock.now() });
  }

  /**
   * Gives every aggregate's snapshot state and the events after it; all events where it has none. A read model can be rebuilt
   * from this. Aggregates are read during the iteration, a few at a time.
   *
   * @throws IncorrectUsageError for a class whose aggregates are loaded from their rows: they have no snapshots.
   *
   * ```ts
   * for await (const { id, state, version, tail } of domain.snapshotsFor(Account).withTail()) { … }
   * ```
   */
  withTail(): AsyncGenerator<SnapshotWithTail<A>, void, undefined> {
    checkHasSnapshots(this.#parts.model, "read snapshots with the events after them");
    return snapshotTails<A>(this.#parts);
  }

  #stream(id: string): StreamRef {
    checkIdentifier(id, this.#parts.model.name);
    return streamOf(this.#parts.model.snapshotCategory, id);
  }
}

function checked<F extends { readonly schemaVersionBelow?: number }>(filter: F): F {
  const { schemaVersionBelow = 1 } = filter;
  if (Number.isSafeInteger(schemaVersionBelow) && schemaVersionBelow >= 1) return filter;
  throw new IncorrectUsageError(
    `schemaVersionBelow must be a whole number of at least 1, found ${JSON.stringify(schemaVersionBelow)}`,
  );
}
