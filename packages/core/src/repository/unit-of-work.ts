import type { AggregateCache } from "../aggregate-cache/aggregate-cache";
import type { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import type { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { type AggregateLife, savedVersion } from "../elements/aggregate-life";
import type { AggregateModel } from "../elements/aggregate-model";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { checkEventSize } from "../event-store/event-size";
import type { AppendRequest, EventStoreAdapter, StoredMessage, StreamRef } from "../event-store/event-store-adapter";
import { streamOf } from "../event-store/stream-names";
import { factRequest } from "../facts/fact-request";
import { exactJson } from "../schema/exact-json";
import type { SnapshotWriter } from "../snapshots/snapshot-writer";
import { type Attribution, attribute, causeAt } from "./attribution";
import type { Cause } from "./cause";
import { type EventEnrichers, eventMetadata } from "./event-metadata";
import { IdentityMap } from "./identity-map";
import { SaveSpans } from "./save-spans";

export interface UnitOfWorkParts {
  readonly adapter: EventStoreAdapter;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly maxEventBytes: number;
  readonly enrichers: EventEnrichers;
  /** Undefined where nothing is cached. */
  readonly cache?: AggregateCache | undefined;
}

interface Addition {
  readonly model: AggregateModel;
  readonly cached: CachedAggregates | undefined;
  readonly writer: SnapshotWriter;
  readonly cause: Cause;
}

/** What is loaded and added together, and stored together: all streams in one atomic append, or nothing. */
export class UnitOfWork {
  readonly identityMap = new IdentityMap();
  readonly #additions = new Map<AggregateRoot, Addition & Attribution>();
  /** What is stored beside the events, by stream: one message each, of a stream that does not exist yet. */
  readonly #records = new Map<string, AppendRequest>();
  #doom: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(
    private readonly parts: UnitOfWorkParts,
    /** Undefined where each load asks the store. */
    readonly trusted?: TrustedAggregates,
  ) {}

  /** Notes an aggregate whose events are to be stored when the unit ends. */
  add(aggregate: AggregateRoot, addition: Addition): void {
    if (this.#ended) {
      throw new IncorrectUsageError(
        `Cannot add ${describe(aggregate)}: its unit of work has ended; await everything that a handler starts`,
      );
    }
    checkSavable(aggregate);
    this.identityMap.claim(addition.model, aggregate);
    const attribution = attribute(addition.cause, lifeOf(aggregate).pending.length, this.#additions.get(aggregate));
    this.#additions.set(aggregate, { ...addition, ...attribution });
  }

  /** Notes a message that is to be stored together with the events, as the first one of its stream. */
  record(ref: StreamRef, message: StoredMessage): void {
    this.#records.set(ref.stream, { ...ref, expectedVersion: -1, messages: [message] });
  }

  /** What was noted for a stream in this unit, and is not stored yet. */
  recorded({ stream }: StreamRef): StoredMessage | undefined {
    return this.#records.get(stream)?.messages[0];
  }

  /** Something inside failed, and may have left aggregates half changed: the unit can no longer be committed. */
  doom(error: unknown): void {
    this.#doom ??= { error };
  }

  /**
   * Stores every event raised on the added aggregates, then writes the snapshots that are due.
   * @throws ExpectedVersionError when one of the streams moved on; nothing is stored then.
   */
  async commit(): Promise<void> {
    this.#ended = true;
    if (this.#doom !== undefined) throw this.#doom.error;
    for (const aggregate of this.#additions.keys()) checkSavable(aggregate);
    const changed = [...this.#additions].filter(([aggregate]) => lifeOf(aggregate).pending.length > 0);
    if (changed.length === 0 && this.#records.size === 0) return await this.trusted?.confirm([]);
    const time = this.parts.clock.now().getTime();
    const requests = changed.map(([aggregate, addition]) => this.request(aggregate, addition, time));
    requests.push(...this.factRequests(changed, requests), ...this.#records.values());
    const spans = new SaveSpans(
      changed.map(([aggregate, { model }], index) => ({
        aggregate,
        name: model.name,
        stream: (requests[index] as AppendRequest).stream,
      })),
    );
    await spans.append(() => this.append(requests, changed));
    for (const [index, [aggregate, { writer, cached }]] of changed.entries()) {
      cached?.appended(requests[index] as AppendRequest, lifeOf(aggregate).lastEventId);
      const events = settleLife(lifeOf(aggregate));
      await spans.finish(index, () => writer.afterSave(aggregate, events));
    }
  }

  /** @param saved the requests of the aggregates' events, in the same order. */
  private factRequests(
    changed: readonly (readonly [AggregateRoot, Addition])[],
    saved: readonly AppendRequest[],
  ): AppendRequest[] {
    return changed.flatMap(([aggregate, { model }], index) => {
      if (model.facts === undefined) return [];
      return [factRequest(aggregate, model, model.facts, saved[index] as AppendRequest, this.parts.maxEventBytes)];
    });
  }

  private async append(requests: readonly AppendRequest[], changed: readonly (readonly [AggregateRoot, Addition])[]) {
    await this.trusted?.confirm(requests);
    try {
      await this.parts.adapter.append(requests);
    } catch (error) {
      // Whatever else went wrong, the events may be stored: no second try is safe.
      if (!(error instanceof ExpectedVersionError)) this.trusted?.decided();
      for (const [index, [, { cached }]] of changed.entries())
        cached?.notAppended(requests[index] as AppendRequest, error);
      throw error;
    }
    this.trusted?.decided();
  }

  private request(aggregate: AggregateRoot, addition: Addition & Attribution, time: number): AppendRequest {
    const { model } = addition;
    const life = lifeOf(aggregate);
    const { enrichers, maxEventBytes } = this.parts;
    const expectedVersion = savedVersion(life);
    const messages: StoredMessage[] = life.pending.map((event, index) => {
      const { name: type, shape } = model.eventTypes.get(event.constructor as never) as {
        name: string;
        shape: typeof model.shape;
      };
      const data = exactJson(shape.encode({ ...event }));
      checkEventSize(data, maxEventBytes, type);
      life.pendingIds[index] ??= this.parts.ids.next();
      const cause = causeAt(index, addition);
      let { metadata } = cause;
      if (cause.extensions !== undefined || !enrichers.isEmpty) {
        const place = { type, aggregate: model.name, aggregateId: life.id, version: expectedVersion + 1 + index };
        metadata = eventMetadata(event, cause, place, this.parts);
      }
      return { id: life.pendingIds[index], type, time, data, metadata };
    });
    return { ...streamOf(model.category, life.id), expectedVersion, messages };
  }
}

/** Moves pending events to the past. @returns them. */
function settleLife(life: AggregateLife): readonly object[] {
  const events = life.pending;
  life.lastEventId = life.pendingIds[events.length - 1] ?? life.lastEventId;
  life.pending = [];
  life.pendingIds = [];
  return events;
}

function checkSavable(aggregate: AggregateRoot): void {
  const { refusal, isTemporal } = lifeOf(aggregate);
  if (isTemporal)
    throw new IncorrectUsageError(`Cannot save ${describe(aggregate)}: it shows an earlier state and is read-only`);
  if (refusal === undefined) return;
  const reason = refusal instanceof Error ? refusal.message : String(refusal);
  const message = `Cannot save ${describe(aggregate)}: it refused a change (${reason}); load it again`;
  throw new IncorrectUsageError(message, {}, refusal);
}

function describe(aggregate: AggregateRoot): string {
  return `${aggregate.constructor.name} ${JSON.stringify(aggregate.id)}`;
}
