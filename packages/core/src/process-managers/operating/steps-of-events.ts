import type { CommandRejectedData } from "../../commands/later/command-rejected";
import type { RecordedEvent } from "../../event-store/messages";
import type { ProcessManagerModel } from "../../model/process-manager-model";
import { issuedCommandId } from "../issued-command-id";
import type { ProcessEvent } from "../process-event";
import type { TimerFiredData } from "../process-inputs";
import type { ProcessSteps } from "../process-step";

/** What an event is to an instance of a process manager. */
export interface ProcessStepStatus {
  /** The name of the process manager: `FundsTransfer`. */
  readonly process: string;
  /** The id of the instance. */
  readonly id: string;
  /** The method that is called for the event: `FundsTransfer.asked`. */
  readonly method: string;
  /** What becomes of the event where the instance has not started: it starts it, is kept until then, passed over, or parks its key. */
  readonly beforeStart: "start" | ProcessManagerModel["missing"];
  /** Those of the commands in question that the instance issues for the event. */
  readonly issued: readonly string[];
}

/** How many commands of one step are recognised. */
const MOST_COMMANDS = 1_000;

/** Tells which instances of process managers stored events are for, by what the code says now. */
export class StepsOfEvents {
  constructor(private readonly processes: readonly ProcessSteps[]) {}

  /**
   * Tells which instances an event is for. Whether they were told of it already, or have passed over it, is not looked at.
   *
   * @param event as it was read from the log.
   * @param instance gives the event as an instance of its class. May throw what reading throws.
   * @param commands ids of commands that may have been issued for the event.
   * @returns nothing of a process manager that cannot tell.
   */
  of(
    event: RecordedEvent & { readonly category: string },
    instance: () => object,
    commands: Iterable<string> = [],
  ): readonly ProcessStepStatus[] {
    const asked = new Set(commands);
    return this.processes.flatMap((steps) => {
      const { name: process } = steps.model;
      const method = methodFor(event, steps);
      if (method === undefined) return [];
      const beforeStart = whereNotStarted(event, steps);
      return idsOf(event, instance, steps).map((id) => {
        const issued = asked.size === 0 ? [] : issuedIn(process, id, event.id, asked);
        return { process, id, method, beforeStart, issued };
      });
    });
  }
}

function methodFor(
  { type, category, data }: RecordedEvent & { readonly category: string },
  { model }: ProcessSteps,
): string | undefined {
  const { methods, types, timers, rejections } = model;
  if (category !== model.category) return methods.get(type)?.place;
  if (type === types.timerFired) return timers.get((data as TimerFiredData).name)?.place;
  if (type === types.commandRejected) return rejections.get((data as CommandRejectedData).commandType)?.place;
  return undefined;
}

function whereNotStarted(
  { type, category }: RecordedEvent & { readonly category: string },
  { model }: ProcessSteps,
): ProcessStepStatus["beforeStart"] {
  if (category === model.category) return "ignore";
  return model.methods.get(type)?.starts === true ? "start" : model.missing;
}

/** What the correlation cannot tell is said by the key that is parked; nobody asks for it here. */
function idsOf(
  recorded: RecordedEvent & { readonly category: string },
  instance: () => object,
  steps: ProcessSteps,
): readonly string[] {
  const { id: eventId, type, stream, category, position, globalPosition, metadata } = recorded;
  const event: ProcessEvent = {
    ...{ eventId, type, stream, category, position, globalPosition, metadata },
    aggregateId: stream.slice(category.length + 1),
    time: recorded.time.getTime(),
    get event() {
      return instance();
    },
  };
  try {
    return steps.idsOf(event);
  } catch {
    return [];
  }
}

/** Commands get their ids from the step that issues them. */
function issuedIn(process: string, id: string, eventId: string, asked: ReadonlySet<string>): readonly string[] {
  const issued: string[] = [];
  for (let index = 0; index < MOST_COMMANDS && issued.length < asked.size; index++) {
    const commandId = issuedCommandId(process, id, eventId, index);
    if (asked.has(commandId)) issued.push(commandId);
  }
  return issued;
}
