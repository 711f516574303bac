import type { CommandRejectedData } from "../commands/later/command-rejected";
import { refusedCommand, rejectionError } from "../commands/later/rejection";
import { deterministicId } from "../elements/deterministic-id";
import type { ProcessManagerRoot } from "../elements/process-manager";
import { whileActing } from "../elements/process-manager";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { isPromise, promiseRefusal } from "../errors/returned-promise";
import type { Class } from "../metadata/class-types";
import type { CommandModel } from "../model/command-model";
import type { MethodOfProcess, ProcessManagerModel } from "../model/process-manager-model";
import type { QueueTime } from "../ports/command-queue";
import { thawed } from "../schema/copying";
import { issuedCommandId } from "./issued-command-id";
import { ProcessContext } from "./process-context";
import type { ProcessEvent } from "./process-event";
import type { TimerFiredData } from "./process-inputs";
import { ProcessStates } from "./process-state";
import { RecordedActions, type RecordedCommand } from "./recorded-actions";
import { at, StepFailure } from "./step-failure";
import type { StoredProcess } from "./stored-process";

/** What one event does to one instance. */
export interface ProcessStep {
  /** `handled`: a method was called. `kept`: until the instance starts. `passed`: nothing has changed. */
  readonly outcome: "handled" | "kept" | "passed";
  /** The instance after the step; undefined where there is still none. */
  readonly process: StoredProcess | undefined;
  /** The method that was called, as sentences name it: `FundsTransfer.asked`. */
  readonly place?: string;
  /** Whether the instance has started with this step. The events that it has `kept` are to be handled behind it, in order. */
  readonly starts: boolean;
  /** Whether it has ended with this step. */
  readonly ends: boolean;
  readonly commands: readonly IssuedCommand[];
  readonly timers: readonly TimerChange[];
  /** What somebody has to be told, though nothing has failed. */
  readonly warning?: string;
}

/** A command that an instance has issued. */
export interface IssuedCommand extends RecordedCommand {
  /** Made of the subscription, the instance, the event and the place in the step: the same each time that the step is made. */
  readonly id: string;
  /** Its place among all commands of the instance, from 0. */
  readonly number: number;
}

/** A timer that is set, in the place of one with its name, or cancelled. */
export type TimerChange =
  | { readonly kind: "set"; readonly name: string; readonly timerId: string; readonly due: QueueTime }
  | { readonly kind: "cancelled"; readonly name: string };

/** How many events an instance that has not started keeps at most. */
export const MAX_KEPT = 1_000;

/**
 * The steps of a process manager: an instance and an event in, what has become of the instance and what it wants out. Nothing is read or
 * written, and nothing that is given is changed, so that the same step can be made again.
 */
export class ProcessSteps {
  readonly #states: ProcessStates;

  constructor(
    readonly model: ProcessManagerModel,
    /** All registered commands, by their classes. */
    private readonly commands: ReadonlyMap<Class, CommandModel>,
    /** Tells the lanes that servers can run; absent where nothing is known of servers. */
    private readonly lanes?: () => readonly string[],
  ) {
    this.#states = new ProcessStates(model);
  }

  /** Whether events of this stored type are for the process manager. */
  wants(type: string): boolean {
    const { methods, types } = this.model;
    return methods.has(type) || type === types.timerFired || type === types.commandRejected;
  }

  /**
   * Gives the ids of the instances that an event is for, each once.
   * @throws StepFailure with what the correlation throws; DeserializationError, UnknownEventError as it is for an event that cannot be read.
   */
  idsOf(event: ProcessEvent): readonly string[] {
    const { methods, category } = this.model;
    if (event.category === category) return [event.aggregateId];
    const found = methods.get(event.type);
    if (found === undefined) return [];
    const { event: instance } = event;
    return at(found.place, () => found.idsOf(instance, new ProcessContext(event, found.place)));
  }

  /** Gives the state of an instance that runs as an instance of its class; undefined for others. @throws ProcessStateError */
  stateOf(id: string, process: StoredProcess | undefined): ProcessManagerRoot | undefined {
    return process?.status === "running" ? this.#states.restore(id, process) : undefined;
  }

  /**
   * Makes the step of an instance for an event.
   * @param process the instance as it is stored; undefined where there is none.
   * @throws StepFailure
   */
  step(id: string, process: StoredProcess | undefined, event: ProcessEvent): ProcessStep {
    const { types, methods, category, name } = this.model;
    if (event.category === category) {
      if (event.type === types.timerFired) return this.#timerFired(id, process, event);
      if (event.type === types.commandRejected) return this.#rejected(id, process, event);
      return passed(process);
    }
    const found = methods.get(event.type);
    if (found === undefined) return passed(process);
    const { place, method, starts, ends } = found;
    const decision = this.#decision(id, process, starts, event);
    if (decision === "pass") return passed(process);
    if (decision === "keep") return this.#kept(id, process, event);
    const instance =
      decision === "start"
        ? at(place, () => this.#states.make(id))
        : at(name, () => this.#states.restore(id, process as StoredProcess));
    const values = at(place, () => thawed(event.event));
    const args = [values, new ProcessContext(event, place)];
    return this.#call({ id, process, event, instance, starts: decision === "start", ends }, { place, method }, args);
  }

  /** Says what becomes of an event of an aggregate. @throws StepFailure where its key is to be parked. */
  #decision(
    id: string,
    process: StoredProcess | undefined,
    starts: boolean,
    { type }: ProcessEvent,
  ): "start" | "call" | "keep" | "pass" {
    const { missing, started, ended, name } = this.model;
    const refused = (fault: string) =>
      new StepFailure(
        new IncorrectUsageError(`Cannot handle ${type} in ${name} ${JSON.stringify(id)}: ${fault}`, {
          process: name,
          id,
          type,
        }),
        name,
      );
    switch (process?.status) {
      case "running":
        if (!starts || started === "handle") return "call";
        if (started === "ignore") return "pass";
        throw refused('it has started already, and "started" is "park"');
      case "ended":
        if (ended === "restart") return starts ? "start" : "pass";
        if (ended === "ignore") return "pass";
        throw refused('it has ended, and "ended" is "park"');
      default:
        if (starts) return "start";
        if (missing === "park")
          throw refused(
            'it has not started, and "missing" is "park"; declare missing: "keep" to handle the event once it starts',
          );
        return missing === "keep" ? "keep" : "pass";
    }
  }

  #kept(id: string, process: StoredProcess | undefined, event: ProcessEvent): ProcessStep {
    const { name, version } = this.model;
    const { steps = 0, commands = 0, kept = [] } = process ?? {};
    if (kept.length >= MAX_KEPT) {
      const fault = `it keeps ${MAX_KEPT} events already, and has not started`;
      const details = { process: name, id, type: event.type };
      throw new StepFailure(
        new IncorrectUsageError(`Cannot keep ${event.type} for ${name} ${JSON.stringify(id)}: ${fault}`, details),
        name,
      );
    }
    const { globalPosition, time: changedAt } = event;
    return {
      ...passed(process),
      outcome: "kept",
      process: {
        process: name,
        version,
        status: "awaiting",
        kept: [...kept, globalPosition],
        steps,
        commands,
        changedAt,
      },
    };
  }

  #timerFired(id: string, process: StoredProcess | undefined, event: ProcessEvent): ProcessStep {
    const { model } = this;
    const { name, timerId } = event.event as TimerFiredData;
    if (process?.status !== "running" || process.timers?.[name] !== timerId) return passed(process);
    const { [name]: fired, ...timers } = process.timers;
    const found = model.timers.get(name);
    if (found === undefined) {
      const fault = `${model.name} has no @timer(${JSON.stringify(name)}) method`;
      throw new StepFailure(
        new IncorrectUsageError(
          `Timer ${JSON.stringify(name)} of ${model.name} ${JSON.stringify(id)} has fired: ${fault}`,
        ),
        model.name,
      );
    }
    const instance = at(model.name, () => this.#states.restore(id, process));
    const before = { ...process, timers };
    return this.#call({ id, process: before, event, instance, starts: false, ends: false }, found, [
      new ProcessContext(event, found.place),
    ]);
  }

  #rejected(id: string, process: StoredProcess | undefined, event: ProcessEvent): ProcessStep {
    const { name, rejections } = this.model;
    const data = event.event as CommandRejectedData;
    const { commandType, commandId, reason, number = Number.POSITIVE_INFINITY } = data;
    if (process?.status !== "running" || number < (process.firstCommand ?? 0)) {
      const warning = `${commandType} (${commandId}), which ${name} ${JSON.stringify(id)} had issued, was refused after its end: ${reason.message}`;
      return { ...passed(process), warning };
    }
    const found = rejections.get(commandType);
    if (found === undefined) {
      const advice = `write a @rejected(${/([^.]+)\.v\d+$/.exec(commandType)?.[1] ?? commandType}) method that makes up for it`;
      throw new StepFailure(
        new IncorrectUsageError(
          `${commandType}, which ${name} ${JSON.stringify(id)} had issued, was refused: ${reason.message}; ${advice}`,
          { process: name, id, commandType, commandId, reason },
        ),
        name,
      );
    }
    const instance = at(name, () => this.#states.restore(id, process));
    const command = at(found.place, () => refusedCommand(found.command, data));
    return this.#call({ id, process, event, instance, starts: false, ends: false }, found, [
      command,
      rejectionError(reason),
      new ProcessContext(event, found.place),
    ]);
  }

  #call(
    { id, process, event, instance, starts, ends }: InstanceInStep,
    { place, method }: MethodOfProcess,
    args: readonly unknown[],
  ): ProcessStep {
    const actions = new RecordedActions(this.model, this.commands, place, this.lanes?.());
    return at(place, () => {
      const returned = whileActing(instance, actions, () =>
        (instance as unknown as Record<string | symbol, (...args: readonly unknown[]) => unknown>)[method]!(...args),
      );
      if (isPromise(returned))
        throw promiseRefusal(returned, place, "a method of a process manager decides at once, and waits for nothing");
      const isOver = ends || actions.isCompleted;
      const state = this.#states.stored(id, instance, place);
      const { timers, changes } = this.#timers(id, isOver, process?.timers, event, actions);
      const { name, version } = this.model;
      const { steps = 0, commands: issued = 0, startedAt = event.time } = process ?? {};
      const firstCommand = starts && issued > 0 ? issued : process?.firstCommand;
      const commands = actions.commands.map((command, index) => ({
        ...command,
        id: issuedCommandId(name, id, event.eventId, index),
        number: issued + index,
      }));
      return {
        outcome: "handled",
        place,
        starts,
        ends: isOver,
        commands,
        timers: changes,
        process: {
          process: name,
          version,
          status: isOver ? "ended" : "running",
          ...(!isOver && { state }),
          ...(Object.keys(timers).length > 0 && { timers }),
          steps: steps + 1,
          commands: issued + commands.length,
          ...(firstCommand !== undefined && { firstCommand }),
          startedAt: starts ? event.time : startedAt,
          changedAt: event.time,
          ...(isOver && { endedAt: event.time }),
        },
      };
    });
  }

  /** What has become of the timers. The end cancels all. */
  #timers(
    id: string,
    isOver: boolean,
    before: Readonly<Record<string, string>> = {},
    { eventId }: ProcessEvent,
    actions: RecordedActions,
  ): { readonly timers: Readonly<Record<string, string>>; readonly changes: readonly TimerChange[] } {
    const timers: Record<string, string> = { ...before };
    const changes: TimerChange[] = [];
    const cancel = (name: string): void => {
      if (!Object.hasOwn(timers, name)) return;
      delete timers[name];
      changes.push({ kind: "cancelled", name });
    };
    if (isOver) {
      for (const name of Object.keys(before)) cancel(name);
      return { timers, changes };
    }
    for (const [name, due] of actions.timers) {
      if (due === undefined) cancel(name);
      else {
        const timerId = deterministicId(this.model.name, id, eventId, "timer", name);
        timers[name] = timerId;
        changes.push({ kind: "set", name, timerId, due });
      }
    }
    return { timers, changes };
  }
}

/** An instance in the middle of a step. */
interface InstanceInStep {
  readonly id: string;
  /** As it was before. */
  readonly process: StoredProcess | undefined;
  readonly event: ProcessEvent;
  readonly instance: ProcessManagerRoot;
  readonly starts: boolean;
  /** Whether it ends with the method, whatever that does. */
  readonly ends: boolean;
}

function passed(process: StoredProcess | undefined): ProcessStep {
  return { outcome: "passed", process, starts: false, ends: false, commands: [], timers: [] };
}
