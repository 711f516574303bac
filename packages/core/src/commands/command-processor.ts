import { type Cause, commandCause, enrichedCause } from "../causation/cause";
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
import type { Settlement } from "./settlement";

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
  /** Waits until these projections, event handlers and process managers have applied the events of the command. */
  readonly waitFor?: readonly Subscribed[];
  /** How long to wait for them; 5,000 where absent. The command is committed all the same. */
  readonly waitTimeoutMs?: number;
  /**
   * Whether the command is put into the queue, for a server to carry out: `process` gives a handle for it then, as soon as it is stored.
   * What its class says where absent, or else `[processing] commands` of domain.toml. With it go `correlationId`, `idempotencyKey` and
   * `deadline`, after which the command is not carried out any more.
   */
  readonly asynchronous?: boolean;
  /** In the queue higher ones come first; a whole number, 0 where absent. */
  readonly priority?: number;
  /** The lane of servers that carry it out from the queue; `default` where absent. */
  readonly lane?: string;
}

/** The class of a projection, an SQL projector, an event handler or a process manager. */
export type Subscribed = abstract new (...args: any[]) => object;

interface CommandProcessorParts extends PipelineParts {
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly enrichers: CommandEnrichers;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  /** How often a command is tried again after a conflict where its caller does not say. */
  readonly retries: number;
}

/** A command with its identity. */
export interface IdentifiedCommand {
  readonly command: object;
  readonly model: CommandModel;
  readonly cause: Cause;
}

/** Who is told of the commit of a command. */
interface CommitOfCommand {
  /** Called with what the command's unit of work has appended. */
  readonly committed?: Committed | undefined;
  /** Stored with it. */
  readonly settlement?: Settlement | undefined;
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
    const call = this.#callFor(this.identify(command, options.correlationId), options, { committed });
    return call.isPlain ? this.#carryPlain(call) : this.#carry(call);
  }

  /**
   * Gives a command its identity, here and now: correlation and extensions come from the code that runs.
   *
   * @param id that of the command; a new one where absent.
   * @throws IncorrectUsageError for what is no registered command; whatever enrichers throw.
   */
  identify(command: object, correlationId?: string, id: string = this.parts.ids.next()): IdentifiedCommand {
    const { units, enrichers } = this.parts;
    const model = this.modelOf(command);
    const reference = { id, type: model.name };
    if (correlationId !== undefined) checkCorrelationId(correlationId, model.name);
    const cause = commandCause(reference, units.current?.cause ?? handledEvent()?.cause, correlationId);
    return { command, model, cause: enrichers.isEmpty ? cause : enrichedCause(command, reference, cause, enrichers) };
  }

  /** Adds what enrichers of commands have to say, to the identity of a command that was identified without them. */
  enriched(identified: IdentifiedCommand): IdentifiedCommand {
    const { enrichers } = this.parts;
    const { command, model, cause } = identified;
    if (enrichers.isEmpty) return identified;
    const reference = { id: cause.causationId as string, type: model.name };
    return { command, model, cause: enrichedCause(command, reference, cause, enrichers) };
  }

  /** Runs the handler of a command that has its identity already, and otherwise does what `process` does. */
  carryOut(identified: IdentifiedCommand, options: ProcessOptions, commit: CommitOfCommand): Answer<unknown> {
    return this.#carry(this.#callFor(identified, options, commit));
  }

  #callFor(
    { command, model, cause }: IdentifiedCommand,
    options: ProcessOptions,
    { committed, settlement }: CommitOfCommand,
  ): CommandCall {
    const { units, clock } = this.parts;
    const outer = units.current;
    const limits = CommandLimits.of(model.name, options, outer?.signal, clock);
    return new CommandCall({
      command,
      model,
      cause,
      limits,
      keyed: keyedCommand(model, command, options.idempotencyKey),
      retries: options.retries ?? this.parts.retries,
      signal: limits?.signal ?? outer?.signal,
      committed,
      outer: outer?.unit,
      settlement,
    });
  }

  /** Whether a command has an idempotency key. */
  isKeyed(command: object, { idempotencyKey }: ProcessOptions): boolean {
    return keyedCommand(this.modelOf(command), command, idempotencyKey) !== undefined;
  }

  /** Gives the type of a command. @throws IncorrectUsageError for what `process` would refuse. */
  nameOf(command: object): string {
    return this.modelOf(command).name;
  }

  /** @throws IncorrectUsageError for what is no registered command, and for a command without handler. */
  modelOf(command: object): CommandModel {
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
