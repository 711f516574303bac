import { ProcessStateError } from "../errors/process-state-error";
import { streamOf } from "../event-store/stream-names";
import type { EventLog } from "../ports/event-log";
import type { StateStore, StoredState } from "../ports/state-store";
import type { RecordedMessage } from "../ports/stored-message";
import { RowCache } from "../projections/row-cache";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Attempt, ConsumerFailure, Consumption, Feed } from "../subscriptions/reading/consumer";
import { reasonOf } from "../wording/in-words";
import { keptEvents } from "./kept-events";
import { ProcessChanges } from "./process-changes";
import type { ProcessStep, ProcessSteps } from "./process-step";
import { at, StepFailure } from "./step-failure";
import type { StoredProcess } from "./stored-process";

export interface ProcessFeedParts {
  readonly steps: ProcessSteps;
  readonly states: () => Pick<StateStore, "loadAll">;
  readonly log: Pick<EventLog, "readAll">;
  readonly categories: readonly string[];
  readonly shared: (message: RecordedMessage) => ConsumedEvent;
  /** Gives the ids of the instances that an event is for. @throws as `ProcessSteps.idsOf`. */
  readonly idsOf: (event: ConsumedEvent) => readonly string[];
  /** The clock that the domain was given; the store's own one decides where absent. */
  readonly now?: (() => number) | undefined;
  readonly logWarning: (message: string, details: object) => void;
  /** Called once something is stored. */
  readonly stored?: ((what: StoredBatch) => void) | undefined;
}

/** What a flush has brought about. */
interface StoredBatch {
  readonly setsTimers: boolean;
  readonly issuesCommands: boolean;
}

/** An instance in hand. */
interface InstanceInHand {
  /** Undefined where there is none, and where what is stored is no JSON. */
  readonly process: StoredProcess | undefined;
  /** The version of the stored state; -1 for none. */
  readonly version: number;
  readonly fault?: ProcessStateError;
}

/** How many instances are kept for the next batch. */
const CACHED = 2_048;

/**
 * Takes batches of events to the instances of a process manager: their states are read at once, the methods are called in memory, and what
 * they want is stored at once, together with the checkpoint.
 */
export class ProcessFeed implements Feed {
  readonly #cache = new RowCache<InstanceInHand>(CACHED);
  /** True from a batch until what it gave is stored: what the cache holds may be ahead of the store. */
  #isAhead = false;

  constructor(private readonly parts: ProcessFeedParts) {}

  forget(): void {
    this.#cache.clear();
    this.#isAhead = false;
  }

  async consume(events: readonly ConsumedEvent[], { takes }: Pick<Attempt, "takes">): Promise<Consumption> {
    if (this.#isAhead) this.forget();
    const { planned, failure: fault } = this.#planned(events, takes);
    const batch = new Batch(this.parts, await this.#inHand(planned));
    let failure = fault;
    let done = 0;
    for (const ids of planned) {
      const failed = await batch.take(events[done]!, ids);
      if (failed !== undefined) {
        failure = failed;
        break;
      }
      done++;
    }
    const { changes, instances, changed, warnings } = batch;
    for (const id of changed) {
      const { process, version } = instances.get(id)!;
      changes.put(id, process!, version);
      instances.set(id, { process, version: version + 1 });
    }
    for (const [id, instance] of instances) this.#cache.set(id, instance);
    // Somebody else goes on with the instance.
    if (failure?.key !== undefined) this.#cache.delete(failure.key);
    this.#isAhead = changed.size > 0;
    const stored = (): void => {
      this.#isAhead = false;
      for (const [text, details] of warnings) this.parts.logWarning(text, details);
      this.parts.stored?.(changes);
    };
    return { done, operations: changes.all, stored, ...(failure !== undefined && { failure }) };
  }

  /** The instances of each event, up to the first event whose instances cannot be told. */
  #planned(
    events: readonly ConsumedEvent[],
    takes: Attempt["takes"],
  ): { readonly planned: readonly (readonly string[])[]; readonly failure?: ConsumerFailure } {
    const planned: (readonly string[])[] = [];
    for (const event of events) {
      try {
        const ids = this.parts.idsOf(event);
        planned.push(takes === undefined ? ids : ids.filter(takes));
      } catch (error) {
        if (takes?.(event.aggregateId) !== false) return { planned, failure: failureOf(error) };
        planned.push([]);
      }
    }
    return { planned };
  }

  /** The instances of a batch: one question to the store for all that are not known. */
  async #inHand(planned: readonly (readonly string[])[]): Promise<Map<string, InstanceInHand>> {
    const instances = new Map<string, InstanceInHand>();
    const unknown: string[] = [];
    for (const id of new Set(planned.flat())) {
      const known = this.#cache.get(id);
      if (known === undefined) unknown.push(id);
      else instances.set(id, known);
    }
    if (unknown.length === 0) return instances;
    const { name, category } = this.parts.steps.model;
    const stored = await this.parts.states().loadAll(unknown.map((id) => streamOf(category, id)));
    const byStream = new Map(stored.map((state) => [state.stream, state]));
    for (const id of unknown) {
      const state = byStream.get(streamOf(category, id).stream);
      instances.set(id, state === undefined ? NONE : read(name, id, state));
    }
    return instances;
  }
}

const NONE: InstanceInHand = { process: undefined, version: -1 };

function read(process: string, id: string, { data, version }: StoredState): InstanceInHand {
  try {
    return { process: JSON.parse(data) as StoredProcess, version };
  } catch (cause) {
    const fault = new ProcessStateError({ process, id, reason: `is no JSON: ${reasonOf(cause)}` }, cause);
    return { process: undefined, version, fault };
  }
}

/** The steps of one batch. What an event does to one instance counts only with what it does to all. */
class Batch {
  readonly changes: ProcessChanges;
  /** The instances whose steps are to be stored. */
  readonly changed = new Set<string>();
  readonly warnings: (readonly [text: string, details: object])[] = [];

  constructor(
    private readonly parts: ProcessFeedParts,
    readonly instances: Map<string, InstanceInHand>,
  ) {
    this.changes = new ProcessChanges(parts.steps.model, parts.now);
  }

  /** @returns why the event could not be done: nothing of it is then. */
  async take(event: ConsumedEvent, ids: readonly string[]): Promise<ConsumerFailure | undefined> {
    const taken: Taken[] = [];
    for (const id of ids) {
      try {
        taken.push(await this.#steps(id, event));
      } catch (error) {
        return { ...failureOf(error), key: id };
      }
    }
    for (const { id, steps } of taken)
      for (const { event: cause, step } of steps) {
        this.changes.add(id, cause, step);
        if (step.warning !== undefined) this.warnings.push([step.warning, { key: id, position: event.globalPosition }]);
        if (step.outcome === "passed") continue;
        this.instances.set(id, { ...this.instances.get(id)!, process: step.process });
        this.changed.add(id);
      }
    return undefined;
  }

  /** The step of an instance, and behind one that starts it those for the events that were kept. */
  async #steps(id: string, event: ConsumedEvent): Promise<Taken> {
    const { steps } = this.parts;
    const { process, fault } = this.instances.get(id)!;
    if (fault !== undefined) throw new StepFailure(fault, steps.model.name);
    const first = steps.step(id, process, event);
    const made = [{ event, step: first }];
    if (first.starts && process?.kept !== undefined)
      for (const kept of await keptEvents(process.kept, this.parts))
        made.push({ event: kept, step: steps.step(id, made.at(-1)!.step.process, kept) });
    // Metadata that cannot be read is found out before anything counts.
    at(steps.model.name, () => made.forEach((one) => void one.event.metadata));
    return { id, steps: made };
  }
}

/** What one event does to one instance. */
interface Taken {
  readonly id: string;
  readonly steps: readonly { readonly event: ConsumedEvent; readonly step: ProcessStep }[];
}

/** A method that fails would fail again; the store might not. */
function failureOf(error: unknown): ConsumerFailure {
  if (error instanceof StepFailure) return { error: error.error, place: error.place, isRetryable: false };
  return { error, isRetryable: true };
}
