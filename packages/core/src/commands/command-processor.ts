import { commandCause } from "../causation/cause";
import { retryConflicts } from "../concurrency/conflict-retry";
import type { Turn } from "../concurrency/stream-turns";
import type { Clock } from "../elements/clock";
import type { CommandContext } from "../elements/command-context";
import type { IdGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import type { CommandModel } from "../model/command-model";
import { identifierFault } from "../schema/identifier";
import type { CommandReport } from "../telemetry/command-report";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { WorkContext } from "../unit-of-work/work-context";
import { CommandCall } from "./command-call";
import { type CommandEnrichers, enrichedCause } from "./command-enrichers";
import { CommandLimits } from "./command-limits";
import type { CommandRecords } from "./command-records";
import { attemptOnce } from "./idempotency";
import { keyedCommand } from "./idempotency-key";
import { type Middleware, through } from "./middleware";
import type { ProcessOptions } from "./process-options";
import type { Instances } from "./resolver";

export interface CommandProcessorParts {
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly context: WorkContext;
  readonly records: CommandRecords;
  readonly instances: Instances;
  readonly middleware: readonly Middleware[];
  readonly enrichers: CommandEnrichers;
  readonly report: CommandReport;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  /** How often a command is tried again after a conflict where its caller does not say. */
  readonly retries: number;
}

type Handler = Readonly<Record<string | symbol, (command: object, context: CommandContext) => unknown>>;

const NO_OPTIONS: ProcessOptions = {};

/** Carries out commands, each in a unit of work. */
export class CommandProcessor {
  constructor(private readonly parts: CommandProcessorParts) {}

  /**
   * Runs a command's handler and stores what it added; inside another handler the two share one unit of work.
   * @returns what the handler returned, now or, with an idempotency key that was used before, then.
   */
  process(command: object, options: ProcessOptions = NO_OPTIONS): Promise<unknown> {
    const { context, ids, clock, enrichers } = this.parts;
    const model = this.modelOf(command);
    const outer = context.current;
    const reference = { id: ids.next(), type: model.name };
    if (options.correlationId !== undefined) checkCorrelationId(options.correlationId, model.name);
    const plain = commandCause(reference, outer?.cause, options.correlationId);
    const cause = enrichers.isEmpty ? plain : enrichedCause(command, reference, plain, enrichers);
    const limits = CommandLimits.of(model.name, options, outer?.signal, clock);
    const keyed = keyedCommand(model, command, options.idempotencyKey);
    const signal = limits?.signal ?? outer?.signal;
    const call = new CommandCall({ command, model, cause, limits, keyed, signal, outer: outer?.unit });
    const retries = options.retries ?? this.parts.retries;
    if (limits === undefined) {
      signal?.throwIfAborted();
      return this.throughMiddleware(call, retries);
    }
    const work = () => limits.race(async () => await this.throughMiddleware(call, retries));
    // What is given up inside another unit may have left something half done, so that this unit has to fail with it.
    return outer === undefined ? work() : context.run(work, { cause, signal });
  }

  // A plain command passes no `async` function that it has no need of: each costs a turn, and there are many commands.

  private throughMiddleware(call: CommandCall, retries: number): Promise<unknown> {
    const { middleware } = this.parts;
    if (middleware.length === 0) return this.carriedOut(call, retries);
    return through(middleware, call.parts.command, call, () => this.carriedOut(call, retries));
  }

  private carriedOut(call: CommandCall, retries: number): Promise<unknown> {
    return call.parts.keyed === undefined ? this.retried(call, retries) : this.unlessDone(call, retries);
  }

  private async unlessDone(call: CommandCall, retries: number): Promise<unknown> {
    const { keyed, outer } = call.parts;
    const first = keyed && (await this.parts.records.find(keyed, outer));
    return first === undefined ? await this.retried(call, retries) : first.result;
  }

  /** Only where the unit of work begins is there a beginning to go back to. */
  private retried(call: CommandCall, retries: number): Promise<unknown> {
    const { outer, signal } = call.parts;
    return outer === undefined
      ? retryConflicts((mayTrust, turn) => this.attempt(call, mayTrust, turn), {
          retries,
          turns: this.parts.context.turns,
          signal,
        })
      : this.attempt(call, false);
  }

  private attempt(call: CommandCall, mayTrust: boolean, turn?: Turn): Promise<unknown> {
    const { context, records, report } = this.parts;
    const { keyed, outer, limits, cause, signal, model } = call.parts;
    limits?.check();
    if (++call.attempt > 1) report.retried(model.name);
    const trusted = mayTrust ? context.trust() : undefined;
    const run = () => context.run(() => this.handle(call), { cause, signal, trusted, turn });
    const attempt = keyed === undefined ? run() : attemptOnce(records, keyed, outer, run);
    return limits === undefined ? attempt : limits.unlessCommitted(attempt);
  }

  private handle(call: CommandCall): unknown {
    const { command, model } = call.parts;
    const { type, method } = model.handler as NonNullable<CommandModel["handler"]>;
    const handled = (handler: object) => (handler as Handler)[method]?.(command, call);
    const handler = this.parts.instances.of(type);
    const result = handler instanceof Promise ? handler.then(handled) : handled(handler);
    return call.isPlain ? result : this.concluded(call, result);
  }

  /** The last look at a command before its unit of work is committed. */
  private async concluded(call: CommandCall, returned: unknown): Promise<unknown> {
    const { model, keyed, cause, limits, outer } = call.parts;
    const result = await returned;
    model.result.check(result);
    if (keyed !== undefined)
      this.parts.records.note(keyed, result, cause, this.parts.context.current?.unit as UnitOfWork);
    if (outer === undefined) limits?.beginCommit();
    else limits?.check();
    return result;
  }

  private modelOf(command: object): CommandModel {
    const type = typeof command === "object" && command !== null ? (command.constructor as Class) : undefined;
    const model = type === undefined ? undefined : this.parts.commands.get(type);
    if (model === undefined) throw new IncorrectUsageError(notACommand(command, type));
    if (model.handler === undefined) {
      throw new IncorrectUsageError(`Cannot process ${model.name}: no command handler has a method for it`);
    }
    return model;
  }
}

/** @throws ValidationError for one that no store could keep, and no trace find. */
function checkCorrelationId(id: unknown, command: string): void {
  const fault = identifierFault(id);
  if (fault !== undefined) throw new ValidationError({ correlationId: [fault] }, command);
}

function notACommand(given: unknown, type: Class | undefined): string {
  if (typeof given !== "function")
    return `Cannot process ${type?.name ?? String(given)}: it is not a registered command`;
  return `Cannot process the class ${given.name}: give an instance, new ${given.name}({…})`;
}
