import { laneFault } from "../commands/later/later-options";
import { queueTimeOf } from "../commands/later/queue-time";
import { CommandRoot } from "../elements/command";
import type { IssueOptions, ProcessActions, TimeOfTimer } from "../elements/process-manager";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import type { CommandModel } from "../model/command-model";
import type { ProcessManagerModel } from "../model/process-manager-model";
import type { QueueTime } from "../ports/command-queue";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";
import { twinHint } from "../wording/twin-class";

/** A command that a method has issued. */
export interface RecordedCommand {
  readonly command: CommandRoot;
  readonly model: CommandModel;
  readonly priority: number;
  readonly lane: string;
  readonly expires?: QueueTime;
}

/** Records what a method of a process manager does while it runs. Nothing happens before it has returned. */
export class RecordedActions implements ProcessActions {
  readonly commands: RecordedCommand[] = [];
  /** The last that the method has said of each timer: when it is due, or undefined where it is cancelled. */
  readonly timers = new Map<string, QueueTime | undefined>();
  isCompleted = false;

  constructor(
    private readonly model: ProcessManagerModel,
    /** Finds a registered command by its class. */
    private readonly commandModels: ReadonlyMap<Class, CommandModel>,
    private readonly place: string,
    /** The lanes that servers can run; undefined where nothing is known of servers. */
    private readonly lanes?: readonly string[] | undefined,
  ) {}

  issue(command: CommandRoot, options: IssueOptions = {}): void {
    const { priority = 0, lane = this.model.lane, deadline } = options;
    const model = this.#modelOf(command);
    if (!Number.isSafeInteger(priority))
      throw this.#refused(`issue ${model.name}`, `its priority is a whole number, not ${inWords(priority)}`);
    if (typeof lane !== "string" || lane === "")
      throw this.#refused(`issue ${model.name}`, `its lane is the name of one, not ${inWords(lane)}`);
    const fault = this.lanes && laneFault(lane, this.lanes);
    if (fault !== undefined) throw this.#refused(`issue ${model.name}`, fault);
    this.commands.push({
      command,
      model,
      priority,
      lane,
      ...(deadline !== undefined && { expires: queueTimeOf(deadline, `the deadline of ${model.name}`) }),
    });
  }

  setTimer(name: string, time: TimeOfTimer): void {
    this.#checkTimer("set", name);
    this.timers.set(name, queueTimeOf(time, `timer ${JSON.stringify(name)}`));
  }

  cancelTimer(name: string): void {
    this.#checkTimer("cancel", name);
    this.timers.set(name, undefined);
  }

  complete(): void {
    this.isCompleted = true;
  }

  #modelOf(command: CommandRoot): CommandModel {
    const model = this.commandModels.get(command?.constructor as Class);
    if (model !== undefined) return model;
    const isCommand = command instanceof CommandRoot;
    const names = Array.from(this.commandModels.keys(), ({ name }) => name);
    const { name } = isCommand ? command.constructor : { name: "" };
    throw isCommand
      ? this.#refused(
          `issue ${name}`,
          `it is not a registered command${twinHint(name, names) || didYouMean(name, names)}`,
        )
      : this.#refused(`issue ${inWords(command)}`, "it takes a command");
  }

  #checkTimer(call: string, name: string): void {
    const { timers, name: process } = this.model;
    if (timers.has(name)) return;
    const advice = typeof name === "string" ? didYouMean(name, [...timers.keys()]) : "";
    throw this.#refused(`${call} timer ${inWords(name)}`, `${process} has no @timer(${inWords(name)}) method${advice}`);
  }

  #refused(what: string, reason: string): IncorrectUsageError {
    return new IncorrectUsageError(`Cannot ${what} in ${this.place}: ${reason}`, { place: this.place });
  }
}
