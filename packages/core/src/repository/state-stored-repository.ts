import { type AggregateRoot } from "../elements/aggregate-root";
import { checkOpenState } from "../elements/open-aggregate";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { listIds } from "../event-store/list-ids";
import { streamOf } from "../event-store/stream-names";
import { FactOfSave } from "../facts/fact-of-save";
import { FactOfState } from "../facts/fact-of-state";
import { keepTwin } from "../facts/twin";
import type { Loaded, Loader } from "../loading/aggregate-loader";
import { isOpen } from "../model/aggregate-storage";
import { type Answer, answered } from "../ports/answer";
import type { EventLog } from "../ports/event-log";
import type { ReadModelStore } from "../ports/read-model-store";
import type { Row } from "../ports/table";
import { tableRows } from "../rows/table-rows";
import { CompleteRows } from "../states/complete-rows";
import type { StateLoader } from "../states/state-loader";
import type { StateTable } from "../states/state-table";
import { storedRow } from "../states/stored-rows";
import type { Participant } from "../unit-of-work/participant";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import { nameAndId } from "../wording/in-words";
import type { HistoryOptions, HistoryStep } from "./aggregate-history";
import type { AggregateSaveParts } from "./aggregate-save";
import { AggregatesOfUnit } from "./aggregates-of-unit";
import { EarlierStates } from "./earlier-states";
import { type Change, LiveAggregates, type LiveAggregatesParts } from "./live-aggregates";
import type { LiveSave } from "./live-save";
import type { Repository } from "./repository";
import { SelectableAggregates } from "./selectable-aggregates";
import { SelectedAggregates } from "./selected-aggregates";
import { StateSave, type StateSaveParts } from "./state-save";
import type { TemporalOptions } from "./temporal-bounds";

interface StateStoredRepositoryParts<A extends AggregateRoot>
  extends LiveAggregatesParts<A>,
    Omit<AggregateSaveParts<A>, "saved"> {
  readonly rows: StateTable<A>;
  readonly readModels: ReadModelStore;
  readonly log: EventLog;
  /** Loads aggregates from their rows. */
  readonly loader: Pick<StateLoader<A>, "has" | "doubt" | "fromRow"> & { load(id: string): Answer<Loaded<A>> };
  /** Folds events. */
  readonly events: Loader<A>;
  /** Observes the save of an aggregate, for telemetry. */
  readonly observed: (save: StateSave<A>) => Participant;
}

/** What a temporal load attempts. */
const EARLIER = "load an earlier state of";

/** Loads and saves the aggregates of one class that have a row each, with or without events that are the truth. */
export class StateStoredRepository<A extends AggregateRoot> extends SelectableAggregates<A> implements Repository<A> {
  readonly #parts: StateStoredRepositoryParts<A>;
  readonly #live: LiveAggregates<A>;
  /** What each save works with. */
  readonly #saving: StateSaveParts<A>;
  /** Undefined where no events are the truth. */
  readonly #earlier: EarlierStates<A> | undefined;
  protected override readonly everything: SelectedAggregates<A>;

  constructor(parts: StateStoredRepositoryParts<A>) {
    super();
    const { model, log, events, loader } = parts;
    this.#parts = parts;
    this.#saving = { ...parts, refused: (id) => loader.doubt(id) };
    this.#earlier = isOpen(model.storage) ? undefined : new EarlierStates({ model, log, loader: events });
    this.#live = new LiveAggregates<A>(parts, {
      load: (id) => this.#load(id),
      check: checkChange,
      enlist: (aggregate, unit) => this.#enlist(aggregate, unit),
    });
    const { rows, readModels } = parts;
    this.everything = new SelectedAggregates<A>({
      name: model.name,
      details: { aggregate: model.name },
      table: rows.table,
      codec: rows.codec,
      readModels: isOpen(model.storage) ? readModels : new CompleteRows({ rows, readModels, log }),
      object: (row) => this.#ofRow(row),
    });
  }

  async get(id: string, options?: TemporalOptions): Promise<A> {
    const found = options === undefined ? this.#live.get(id) : this.#getEarlier(id, options);
    return found instanceof Promise ? await found : found;
  }

  async find(id: string, options?: TemporalOptions): Promise<A | undefined> {
    const found = options === undefined ? this.#live.find(id) : this.#earlierStates(EARLIER, id).find(id, options);
    return found instanceof Promise ? await found : found;
  }

  async exists(id: string): Promise<boolean> {
    const { loader, log, model } = this.#parts;
    const known = this.#live.isInUnit(id) ?? (await loader.has(id));
    if (known || this.#earlier === undefined) return known;
    return (await log.version(streamOf(model.category, id))) >= 0;
  }

  async add(aggregate: A): Promise<void> {
    const saving = this.#live.add(aggregate);
    if (saving instanceof Promise) await saving;
  }

  /** Not a method of this repository: call `add`. @throws IncorrectUsageError @deprecated */
  save(_aggregate: "call add(aggregate), which saves it"): never {
    const { name } = this.#parts.model;
    throw new IncorrectUsageError(`The repository of ${name} has no save(): call add(aggregate), which saves it`);
  }

  async update(id: string, change: (aggregate: A) => unknown, options: { readonly retries?: number } = {}): Promise<A> {
    return await this.#live.update(id, change, options);
  }

  async delete(subject: A | string): Promise<void> {
    if (this.#earlier === undefined) return await this.#live.delete(subject);
    const { name } = this.#parts.model;
    const described = typeof subject === "string" ? `${name} ${JSON.stringify(subject)}` : nameAndId(subject);
    throw new IncorrectUsageError(
      `Cannot delete ${described}: its events are the truth, and are kept for ever; raise an event that ends it`,
    );
  }

  history(id: string, options: HistoryOptions = {}): AsyncGenerator<HistoryStep, void, undefined> {
    return this.#earlierStates("fold the history of", id).history(id, options);
  }

  async *ids({ after }: { readonly after?: string } = {}): AsyncGenerator<string, void, undefined> {
    const { log, model, readModels, rows } = this.#parts;
    if (this.#earlier !== undefined) return yield* listIds(log, model.category, after);
    for await (const page of tableRows(readModels, rows.table, after)) for (const [id] of page) yield id as string;
  }

  async count(): Promise<number> {
    const { readModels, rows } = this.#parts;
    if (this.#earlier === undefined) return await readModels.count({ table: rows.table, where: [] });
    let count = 0;
    for await (const _ of this.ids()) count++;
    return count;
  }

  async #getEarlier(id: string, options: TemporalOptions): Promise<A> {
    return await this.#earlierStates(EARLIER, id).get(id, options);
  }

  #load(id: string): Answer<A | undefined> {
    return answered(this.#parts.loader.load(id), (loaded) => this.#loaded(loaded));
  }

  #ofRow(row: Row): Answer<A | undefined> {
    const id = row[0] as string;
    if (this.#live.isInUnit(id) !== undefined) return this.#live.find(id);
    return answered(this.#parts.loader.fromRow(row), (loaded) => {
      const aggregate = this.#loaded(loaded);
      return aggregate && this.#live.claimed(aggregate);
    });
  }

  #loaded({ aggregate }: Loaded<A>): A | undefined {
    const { model, rows } = this.#parts;
    const hasTwins = this.#earlier !== undefined && (model.facts !== undefined || !rows.isFlat);
    if (aggregate !== undefined && hasTwins) keepTwin(aggregate, model);
    return aggregate;
  }

  #enlist(aggregate: A, unit: UnitOfWork): LiveSave {
    const { model, observed, maxEventBytes, ids } = this.#parts;
    const save = new StateSave(aggregate, this.#saving, unit.participant(AggregatesOfUnit));
    unit.enlist(observed(save));
    const { facts } = model;
    if (facts === undefined) return save;
    const parts = { model, facts, maxEventBytes, ids };
    unit.enlist(this.#earlier === undefined ? new FactOfState(save, parts) : new FactOfSave(save.events, parts));
    return save;
  }

  /** @throws IncorrectUsageError where the state is the truth. */
  #earlierStates(attempted: string, id: string): EarlierStates<A> {
    if (this.#earlier !== undefined) return this.#earlier;
    const { name, storage } = this.#parts.model;
    const reason =
      storage.stored === "state"
        ? `it is stored as its state (stored: "state"), and its events cannot rebuild it`
        : `its state is the truth (truth: "state"), and its events cannot rebuild it`;
    throw new IncorrectUsageError(`Cannot ${attempted} ${name} ${JSON.stringify(id)}: ${reason}`, {
      aggregate: name,
      id,
    });
  }
}

/** @throws ValidationError for a state that breaks a rule; IncorrectUsageError for the deletion of an aggregate that is not stored. */
function checkChange(aggregate: AggregateRoot, change: Change): void {
  if (change === "add") checkOpenState(aggregate);
  else if (storedRow(aggregate) === undefined)
    throw new IncorrectUsageError(`Cannot delete ${nameAndId(aggregate)}: it is not stored yet`);
}
