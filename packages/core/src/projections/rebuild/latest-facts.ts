import type { AggregateRoot } from "../../elements/aggregate-root";
import { streamOf } from "../../event-store/stream-names";
import { restored } from "../../loading/restored";
import type { AggregateModel, FactType } from "../../model/aggregate-model";
import type { EventLog } from "../../ports/event-log";
import type { RecordedMessage, StreamRef } from "../../ports/stored-message";
import { KnownEvents } from "../../subscriptions/reading/known-events";
import { FoldFailure } from "../fold-failure";
import type { RowFolding } from "../row-folding";
import { foldFailed } from "./fold-failed";
import { Turns } from "./turns";

/** How many aggregates are read at once, how many names of streams, and how many events behind a fact. */
const READ_AT_ONCE = 50;
const NAMES_AT_ONCE = 1_000;
const EVENTS_AT_ONCE = 1_000;

/** The present state of an aggregate. */
interface KnownState {
  readonly id: string;
  readonly aggregate: AggregateRoot;
  /** How many events were folded to get there. */
  readonly events: number;
}

interface LatestFactsParts {
  readonly log: Pick<EventLog, "readAll" | "listStreams" | "readLast" | "readStream">;
  readonly model: AggregateModel;
  readonly facts: FactType;
  readonly folding: RowFolding<AggregateRoot>;
}

/** Tells the states of all aggregates of a class from the last fact of each, and from the events behind that. */
export class LatestFacts {
  readonly #parts: LatestFactsParts;
  readonly #known: KnownEvents;

  constructor(parts: LatestFactsParts) {
    this.#parts = parts;
    this.#known = new KnownEvents([parts.model]);
  }

  /** The end of the log. States that are read afterwards hold every event up to it, and maybe later ones. */
  async end(): Promise<number> {
    const { upTo } = await this.#parts.log.readAll({ after: 0, limit: 1, categories: [] });
    return upTo;
  }

  /** @throws RebuildError for an event behind a fact that fails. */
  async *states(): AsyncGenerator<KnownState, void, undefined> {
    const { log, model } = this.#parts;
    const turns = new Turns();
    for (let after: string | undefined; ; ) {
      const page = { limit: NAMES_AT_ONCE, ...(after !== undefined && { after }) };
      const streams = await log.listStreams(model.category, page);
      for (let start = 0; start < streams.length; start += READ_AT_ONCE) {
        await turns.next();
        yield* await Promise.all(streams.slice(start, start + READ_AT_ONCE).map((stream) => this.#stateOf(stream)));
      }
      after = streams.at(-1);
      if (after === undefined) return;
    }
  }

  async #stateOf(stream: string): Promise<KnownState> {
    const { log, model, facts, folding } = this.#parts;
    const { category } = model;
    const id = stream.slice(category.length + 1);
    const fact = await log.readLast(streamOf(facts.category, id));
    let aggregate = (fact && this.#aggregateOf(fact, id)) ?? restored(model, id, undefined, false);
    let events = 0;
    for await (const message of this.#behind({ stream, category }, aggregate.version + 1)) {
      const event = this.#known.shared(message);
      try {
        for (const step of folding.stepsOf(event)) aggregate = step.apply(aggregate, event) ?? aggregate;
      } catch (error) {
        throw error instanceof FoldFailure ? foldFailed(folding.projection, event, error) : error;
      }
      events++;
    }
    return { id, aggregate, events };
  }

  /** @returns undefined for a fact of another schema, or one that does not fit: its events are folded then. */
  #aggregateOf({ type, data, time }: RecordedMessage, id: string): AggregateRoot | undefined {
    const { model, facts } = this.#parts;
    if (type !== facts.type) return undefined;
    try {
      const { id: _, version, ...state } = JSON.parse(data) as { id: string; version: number };
      const aggregate = restored(model, id, { state, version, lastEventId: "", createdAt: new Date(time) }, false);
      return model.shape.complaints({ ...aggregate }) === undefined ? aggregate : undefined;
    } catch {
      return undefined;
    }
  }

  async *#behind(stream: StreamRef, from: number): AsyncGenerator<RecordedMessage, void, undefined> {
    for (;;) {
      const page = await this.#parts.log.readStream(stream, { from, limit: EVENTS_AT_ONCE });
      yield* page;
      if (page.length < EVENTS_AT_ONCE) return;
      from = page.at(-1)!.position + 1;
    }
  }
}

/** Leaves out events that the state of their aggregate holds already: states from facts may be further than the log that is read. */
export function foldingBehindStates(folding: RowFolding<AggregateRoot>): RowFolding<AggregateRoot> {
  const { projection, table, codec, categories } = folding;
  return {
    projection,
    table,
    codec,
    categories,
    wants: (type) => folding.wants(type),
    stepsOf: (event) =>
      folding.stepsOf(event).map((step) => ({
        ...step,
        apply: (aggregate, folded) =>
          aggregate !== undefined && folded.position <= aggregate.version ? aggregate : step.apply(aggregate, folded),
      })),
    decode: (row) => folding.decode(row),
    encode: (key, aggregate, revision) => folding.encode(key, aggregate, revision),
  };
}
