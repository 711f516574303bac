import { commandCause, enrichedCause } from "../causation/cause";
import type { CommandEnrichers } from "../causation/enrichers";
import { handledEvent } from "../causation/handled-event";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import type { CommandModel } from "../model/command-model";
import type { Answer } from "../ports/answer";
import { identifierFault } from "../schema/identifier";
import type { Committed } from "../unit-of-work/committed";
import { twinHint } from "../wording/twin-class";
import { CommandCall } from "./command-call";
import { CommandLimits, type LimitOptions } from "./command-limits";
import { keyedCommand } from "./keyed-command";
import { type Carry, commandPipeline, type PipelineParts, plainPipeline } from "./pipeline";

/** How one command is processed. */
export interface ProcessOptions extends LimitOptions {
  /** Ties together what one request from outside causes; the command's own id where absent. */
  readonly correlationId?: string;
  /**
   * Makes the command happen once, however often it is processed: the others get the first result. Kept in the store, by
   * aggregate class. A command that failed leaves its key unused.
   */
  readonly idempotencyKey?: string;
  /** How many conflicts to survive; `commands.retries` of domain.toml where absent. Inside a unit of work, that decides. */
  readonly retries?: number;
  /** Waits until these projections and event handlers have applied the events of the command. */
  readonly waitFor?: readonly Subscribed[];
  /** How long to wait for them; 5,000 where absent. The command is committed all the same. */
  readonly waitTimeoutMs?: number;
}

/** The class of a projection, an SQL projector or an event handler. */
export type Subscribed = abstract new (...args: any[]) => object;

interface CommandProcessorParts extends PipelineParts {
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly enrichers: CommandEnrichers;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  /** How often a command is tried again after a conflict where its caller does not say. */
  readonly retries: number;
}

const NO_OPTIONS: ProcessOptions = {};

/** Gives commands their identity, and sends them through the pipeline. */
export class CommandProcessor {
  readonly #carry: Carry;
  readonly #carryPlain: Carry;

  constructor(private readonly parts: CommandProcessorParts) {
    this.#carry = commandPipeline(parts);
    this.#carryPlain = plainPipeline(parts);
  }

  /**
   * Runs a command's handler and stores what it added; inside another handler the two share one unit of work.
   *
   * @param committed called with what the command's unit of work has appended.
   * @returns what the handler returned; with an idempotency key that was used before, the first result.
   */
  process(command: object, options: ProcessOptions = NO_OPTIONS, committed?: Committed): Answer<unknown> {
    const { units, ids, clock, enrichers } = this.parts;
    const model = this.#modelOf(command);
    const outer = units.current;
    const reference = { id: ids.next(), type: model.name };
    if (options.correlationId !== undefined) checkCorrelationId(options.correlationId, model.name);
    const plain = commandCause(reference, outer?.cause ?? handledEvent()?.cause, options.correlationId);
    const limits = CommandLimits.of(model.name, options, outer?.signal, clock);
    const call = new CommandCall({
      command,
      model,
      cause: enrichers.isEmpty ? plain : enrichedCause(command, reference, plain, enrichers),
      limits,
      keyed: keyedCommand(model, command, options.idempotencyKey),
      retries: options.retries ?? this.parts.retries,
      signal: limits?.signal ?? outer?.signal,
      committed,
      outer: outer?.unit,
    });
    return call.isPlain ? this.#carryPlain(call) : this.#carry(call);
  }

  /** Whether a command has an idempotency key. */
  isKeyed(command: object, { idempotencyKey }: ProcessOptions): boolean {
    return keyedCommand(this.#modelOf(command), command, idempotencyKey) !== undefined;
  }

  /** Gives the type of a command. @throws IncorrectUsageError for what `process` would refuse. */
  nameOf(command: object): string {
    return this.#modelOf(command).name;
  }

  #modelOf(command: object): CommandModel {
    const type = typeof command === "object" && command !== null ? (command.constructor as Class) : undefined;
    const model = type === undefined ? undefined : this.parts.commands.get(type);
    if (model === undefined) throw new IncorrectUsageError(notACommand(command, type, this.parts.commands.keys()));
    if (model.handler === undefined) {
      throw new IncorrectUsageError(`Cannot process ${model.name}: no command handler has a method for it`);
    }
    return model;
  }
}

/** @throws ValidationError for an id that no store could keep. */
function checkCorrelationId(id: unknown, command: string): void {
  const fault = identifierFault(id);
  if (fault !== undefined) throw new ValidationError({ correlationId: [fault] }, command);
}

function notACommand(given: unknown, type: Class | undefined, registered: Iterable<Class>): string {
  if (typeof given !== "function") {
    const name = type?.name ?? String(given);
    const hint = twinHint(
      name,
      Array.from(registered, (one) => one.name),
    );
    return `Cannot process ${name}: it is not a registered command${hint}`;
  }
  return `Cannot process the class ${given.name}: give an instance, new ${given.name}({…})`;
}
