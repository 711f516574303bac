import type { CommandRejectedData } from "../commands/later/command-rejected";
import { rejectionReason } from "../commands/later/rejection";
import type { CommandRoot } from "../elements/command";
import type { ProcessManagerRoot } from "../elements/process-manager";
import type { DomainError } from "../errors/domain-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { streamOf } from "../event-store/stream-names";
import type { Class } from "../metadata/class-types";
import type { AggregateModel, EventType } from "../model/aggregate-model";
import type { CommandModel } from "../model/command-model";
import type { ProcessManagerModel } from "../model/process-manager-model";
import type { QueueTime } from "../ports/command-queue";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";
import { twinHint } from "../wording/twin-class";
import type { ProcessEvent } from "./process-event";
import type { TimerFiredData } from "./process-inputs";
import { type ProcessStep, ProcessSteps } from "./process-step";
import { StepFailure } from "./step-failure";
import type { StoredProcess } from "./stored-process";

interface RehearsalParts {
  readonly model: ProcessManagerModel;
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly aggregates: ReadonlyMap<Class, AggregateModel>;
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
}

/** A command that an instance has issued in a rehearsal. */
export interface RehearsedCommand {
  /** The id of the instance. */
  readonly instance: string;
  readonly command: CommandRoot;
  readonly priority: number;
  readonly lane: string;
  /** When it is refused, if it was not carried out before. */
  readonly expiresAt: Date | undefined;
}

/** A timer that is set in a rehearsal. */
export interface RehearsedTimer {
  readonly name: string;
  readonly dueAt: Date;
  /** How long after the step that has set it. */
  readonly afterMs: number;
}

/**
 * Takes events, timers and refused commands to the instances of one process manager, in memory and at once: no store, no server. What a
 * server does with the same steps is the business of `ProcessFeed`.
 */
export class ProcessRehearsal {
  readonly #parts: RehearsalParts;
  readonly #steps: ProcessSteps;
  readonly #instances = new Map<string, StoredProcess>();
  readonly #due = new Map<string, ReadonlyMap<string, RehearsedTimer>>();
  /** All events, by their global positions, which start at 1. */
  readonly #past: RehearsedEvent[] = [];
  /** The time of the last event: none is earlier than the one before. */
  #time = 0;

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
    this.#steps = new ProcessSteps(parts.model, parts.commands);
  }

  /** The ids of the instances that something has come to, in that order. */
  get ids(): readonly string[] {
    return [...this.#instances.keys()];
  }

  /** The state of an instance that runs, as a frozen instance of its class. */
  stateOf(id: string): ProcessManagerRoot | undefined {
    const state = this.#steps.stateOf(id, this.#instances.get(id));
    Object.freeze(state);
    return state;
  }

  hasEnded(id: string): boolean {
    return this.#instances.get(id)?.status === "ended";
  }

  /** The timers of an instance that are set, the earliest first, then by name. */
  timersOf(id: string): readonly RehearsedTimer[] {
    const timers = [...(this.#due.get(id)?.values() ?? [])];
    return timers.sort((one, other) => one.dueAt.getTime() - other.dueAt.getTime() || (one.name < other.name ? -1 : 1));
  }

  /**
   * Tells the instances that an event is for of it.
   * @param aggregateId gives the id of the aggregate that it happened to; undefined where nothing says it.
   * @returns what they have issued.
   * @throws IncorrectUsageError for what is no registered event; what the method throws, for which a server parks the instance.
   */
  happened(event: object, aggregateId: (aggregate: Class) => string | undefined): readonly RehearsedCommand[] {
    const { owner, type } = this.#ownerOf(event);
    const { category } = owner;
    const recorded = this.#recorded({ event, type, category, id: aggregateId(owner.type) }, this.#parts.now());
    return unwrapped(() => this.#steps.idsOf(recorded).flatMap((instance) => this.#take(instance, recorded)));
  }

  /**
   * Fires a timer of an instance. Nothing happens where it is not set, as on a server, which may see it fire after it was cancelled.
   * @throws IncorrectUsageError for a timer that no method has; what the method throws.
   */
  fired(id: string, name: string): readonly RehearsedCommand[] {
    const { name: process, timers, types } = this.#parts.model;
    if (!timers.has(name)) {
      const hint = typeof name === "string" ? didYouMean(name, [...timers.keys()]) : "";
      throw new IncorrectUsageError(
        `Cannot fire timer ${inWords(name)}: ${process} has no @timer(${inWords(name)}) method${hint}`,
      );
    }
    const timerId = this.#instances.get(id)?.timers?.[name];
    const timer = this.#due.get(id)?.get(name);
    if (timerId === undefined || timer === undefined) return [];
    const dueAt = timer.dueAt.getTime();
    const data: TimerFiredData = { name, timerId, dueAt };
    return this.#told(id, types.timerFired, data, Math.max(dueAt, this.#parts.now()));
  }

  /** Tells an instance that the domain has refused a command. @throws IncorrectUsageError for what is no registered command; what the method throws. */
  rejected(id: string, command: CommandRoot, error: DomainError): readonly RehearsedCommand[] {
    const { commands, now } = this.#parts;
    const model = commands.get(command?.constructor as Class);
    if (model === undefined) {
      const found = inWords(command);
      const hint = twinHint(
        command?.constructor?.name ?? "",
        Array.from(commands.keys(), ({ name }) => name),
      );
      throw new IncorrectUsageError(`Cannot have ${found} rejected: it is no registered command${hint}`);
    }
    const data: CommandRejectedData = {
      commandId: "given",
      commandType: model.name,
      command: model.shape.encode({ ...command }),
      reason: rejectionReason(error),
    };
    return this.#told(id, this.#parts.model.types.commandRejected, data, now());
  }

  #told(id: string, type: string, data: object, time: number): readonly RehearsedCommand[] {
    const { category } = this.#parts.model;
    const recorded = this.#recorded({ event: data, type, category, id }, time);
    return unwrapped(() => this.#take(id, recorded));
  }

  #recorded(what: Happening, time: number): RehearsedEvent {
    this.#time = Math.max(this.#time, time);
    const position = this.#past.filter(({ category, id }) => category === what.category && id === what.id).length;
    const recorded = new RehearsedEvent(what, { position, globalPosition: this.#past.length + 1, time: this.#time });
    this.#past.push(recorded);
    return recorded;
  }

  /** The steps of an instance for an event, and for those that it has kept where it starts with it. */
  #take(id: string, event: ProcessEvent): readonly RehearsedCommand[] {
    const before = this.#instances.get(id);
    const first = this.#step(id, event);
    const kept = first.starts ? (before?.kept ?? []) : [];
    const steps = [first, ...kept.map((position) => this.#step(id, this.#past[position - 1] as ProcessEvent))];
    return steps.flatMap(({ commands }) =>
      commands.map(({ command, priority, lane, expires }) => {
        const expiresAt = expires === undefined ? undefined : new Date(this.#moment(expires));
        return { instance: id, command, priority, lane, expiresAt };
      }),
    );
  }

  #step(id: string, event: ProcessEvent): ProcessStep {
    const step = this.#steps.step(id, this.#instances.get(id), event);
    const { process } = step;
    if (process === undefined) return step;
    this.#instances.set(id, process);
    const before = this.#due.get(id);
    const set = step.timers.flatMap((change) => (change.kind === "set" ? [this.#timer(change.name, change.due)] : []));
    const named = new Map([...(before ?? []), ...set.map((timer) => [timer.name, timer] as const)]);
    this.#due.set(id, new Map([...named].filter(([name]) => Object.hasOwn(process.timers ?? {}, name))));
    return step;
  }

  #timer(name: string, due: QueueTime): RehearsedTimer {
    const dueAt = this.#moment(due);
    return { name, dueAt: new Date(dueAt), afterMs: dueAt - this.#time };
  }

  #moment(time: QueueTime): number {
    return "at" in time ? time.at : this.#time + time.afterMs;
  }

  #ownerOf(event: object): { readonly owner: AggregateModel; readonly type: string } {
    const eventClass = event?.constructor as Class | undefined;
    for (const owner of this.#parts.aggregates.values()) {
      const found: EventType | undefined = eventClass && owner.eventTypes.get(eventClass);
      if (found !== undefined) return { owner, type: found.name };
    }
    const names = [...this.#parts.aggregates.values()].flatMap(({ eventTypes }) =>
      Array.from(eventTypes.keys(), ({ name }) => name),
    );
    throw new IncorrectUsageError(
      `Cannot tell ${this.#parts.model.name} of ${inWords(event)}: it is no registered event${twinHint(eventClass?.name ?? "", names)}`,
    );
  }
}

/** What has happened, and to which aggregate, or to which instance of a process manager. */
interface Happening {
  readonly event: object;
  readonly type: string;
  readonly category: string;
  readonly id: string | undefined;
}

/** An event as a store would give it. */
class RehearsedEvent implements ProcessEvent {
  readonly event: object;
  readonly type: string;
  readonly category: string;
  readonly id: string | undefined;
  readonly position: number;
  readonly globalPosition: number;
  readonly time: number;
  readonly metadata = { correlationId: "given" };

  constructor(
    { event, type, category, id }: Happening,
    { position, globalPosition, time }: Pick<ProcessEvent, "position" | "globalPosition" | "time">,
  ) {
    this.event = event;
    this.type = type;
    this.category = category;
    this.id = id;
    this.position = position;
    this.globalPosition = globalPosition;
    this.time = time;
  }

  get eventId(): string {
    return `given-${this.globalPosition - 1}`;
  }

  /** @throws IncorrectUsageError where nothing says it. */
  get aggregateId(): string {
    const { id, event } = this;
    if (id !== undefined) return id;
    throw new IncorrectUsageError(
      `Cannot tell which aggregate the given ${event.constructor.name} happened to: declare its id as identifier(), or say it with .withId(…)`,
    );
  }

  get stream(): string {
    return streamOf(this.category, this.aggregateId).stream;
  }
}

/** Lets the error of a method out as it is. */
function unwrapped<T>(steps: () => T): T {
  try {
    return steps();
  } catch (error) {
    throw error instanceof StepFailure ? error.error : error;
  }
}
