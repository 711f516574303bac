import type { AggregateCache } from "../aggregate-cache/aggregate-cache";
import type { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import type { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import type { Cause } from "../causation/cause";
import type { StreamTurns, Turn } from "../concurrency/stream-turns";
import { type AggregateLife, savedVersion } from "../elements/aggregate-life";
import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { checkEventSize } from "../event-store/event-size";
import { streamOf } from "../event-store/stream-names";
import { factRequest } from "../facts/fact-request";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import type { AppendRequest } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { StoredMessage, StreamRef } from "../ports/stored-message";
import { type Attribution, attribute, causeAt } from "../repository/attribution";
import { type EventEnrichers, eventMetadata } from "../repository/event-metadata";
import { IdentityMap } from "../repository/identity-map";
import { exactJson } from "../schema/exact-json";
import type { SnapshotWriter } from "../snapshots/snapshot-writer";
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

export interface UnitOfWorkOptions {
  readonly trusted?: TrustedAggregates | undefined;
  /** The turn at a stream that whoever runs the unit has. */
  readonly turn?: Turn | undefined;
}

interface Addition {
  readonly model: AggregateModel;
  readonly cached: CachedAggregates | undefined;
  readonly writer: SnapshotWriter;
  readonly cause: Cause;
}

type Attributed = Addition & Attribution;

/** An aggregate with the request that stores its events. */
interface Change {
  readonly aggregate: AggregateRoot;
  readonly addition: Attributed;
  readonly request: AppendRequest;
}

/** What is loaded and added together, and stored together: all streams in one atomic append, or nothing. */
export class UnitOfWork {
  readonly identityMap = new IdentityMap();
  /** Undefined where each load asks the store. */
  readonly trusted: TrustedAggregates | undefined;
  readonly #additions = new Map<AggregateRoot, Attributed>();
  /** What is stored beside the events, by stream: one message each, of a stream that does not exist yet. */
  #records: Map<string, AppendRequest> | undefined;
  #doom: { readonly error: unknown } | undefined;
  #ended = false;
  /** Whether it has a turn at some stream, or waits for one: who waited for a second would hold up others with the first. */
  #isLinedUp: boolean;
  /** The turn that it took itself. */
  #turn: Turn | undefined;

  constructor(
    private readonly parts: UnitOfWorkParts,
    { trusted, turn }: UnitOfWorkOptions = {},
  ) {
    this.trusted = trusted;
    this.#isLinedUp = turn !== undefined;
  }

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
    this.#records ??= new Map();
    this.#records.set(ref.stream, { ...ref, expectedVersion: -1, messages: [message] });
  }

  /** What was noted for a stream in this unit, and is not stored yet. */
  recorded({ stream }: StreamRef): StoredMessage | undefined {
    return this.#records?.get(stream)?.messages[0];
  }

  /** Takes a turn at a stream and keeps it until the unit ends, unless it has one already. */
  lineUp(stream: string, turns: StreamTurns, signal: AbortSignal | undefined): Answer<void> {
    if (this.#isLinedUp) return;
    this.#isLinedUp = true;
    return turns.take(stream, signal).then((turn) => {
      if (this.#ended) turn.pass();
      else this.#turn = turn;
    });
  }

  /** The unit has ended, in whatever way. */
  passTurn(): void {
    this.#ended = true;
    this.#turn?.pass();
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
    const changes = this.changes();
    if (changes.length === 0 && this.#records === undefined) return await this.trusted?.confirm([]);
    const requests = changes.map(({ request }) => request);
    for (const change of changes) this.noteFact(change, requests);
    if (this.#records !== undefined) requests.push(...this.#records.values());
    if (this.trusted !== undefined) await this.trusted.confirm(requests);
    const spans = new SaveSpans(changes);
    try {
      await spans.append(() => this.parts.adapter.log.append(requests));
    } catch (error) {
      spans.fail(error);
      this.notAppended(changes, error);
      throw error;
    }
    this.trusted?.decided();
    for (const [index, { aggregate, addition, request }] of changes.entries()) {
      const life = lifeOf(aggregate);
      addition.cached?.appended(request, life.lastEventId);
      const events = settleLife(life);
      const finished = spans.finish(index, () => addition.writer.afterSave(aggregate, events));
      if (finished instanceof Promise) await finished;
    }
  }

  /** The aggregates that have something to store, and what. */
  private changes(): Change[] {
    const changes: Change[] = [];
    const time = this.parts.clock.now().getTime();
    for (const [aggregate, addition] of this.#additions) {
      if (lifeOf(aggregate).pending.length === 0) continue;
      changes.push({ aggregate, addition, request: this.request(aggregate, addition, time) });
    }
    return changes;
  }

  private noteFact({ aggregate, addition, request }: Change, requests: AppendRequest[]): void {
    const { model } = addition;
    if (model.facts === undefined) return;
    requests.push(factRequest(aggregate, model, model.facts, request, this.parts.maxEventBytes));
  }

  private notAppended(changes: readonly Change[], error: unknown): void {
    // Whatever else went wrong, the events may be stored: no second try is safe.
    if (!(error instanceof ExpectedVersionError)) this.trusted?.decided();
    for (const { addition, request } of changes) addition.cached?.notAppended(request, error);
  }

  private request(aggregate: AggregateRoot, addition: Attributed, time: number): AppendRequest {
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
