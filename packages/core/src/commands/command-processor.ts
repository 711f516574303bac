import type { IdGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class, Constructor } from "../metadata/class-types";
import { causeOf } from "../repository/cause";
import type { Extensions } from "../repository/enrichers";
import type { WorkContext } from "../repository/work-context";
import type { CommandEnrichers } from "./command-enrichers";

/** A registered command and the method that carries it out. */
export interface CommandModel {
  /** `Fidelis.MakeDeposit.v1` */
  readonly name: string;
  /** Absent where no handler is registered. */
  readonly handler?: { readonly type: Constructor; readonly method: string | symbol };
}

export interface ProcessOptions {
  /** Ties together what one request from outside sets off; the command's own id where absent. */
  readonly correlationId?: string;
}

/** Carries out commands, each in a unit of work. */
export class CommandProcessor {
  constructor(
    private readonly commands: ReadonlyMap<Class, CommandModel>,
    private readonly context: WorkContext,
    private readonly ids: IdGenerator,
    private readonly enrichers: CommandEnrichers,
  ) {}

  /**
   * Runs a command's handler and stores what it added; inside another handler the two share one unit of work.
   * @returns what the handler returned.
   */
  async process(command: object, { correlationId }: ProcessOptions = {}): Promise<unknown> {
    const { type, method } = this.handlerOf(command);
    const commandId = this.ids.next();
    const around = this.context.current?.cause;
    const correlation = correlationId ?? around?.correlationId ?? commandId;
    const extensions = this.enrichers.isEmpty
      ? around?.extensions
      : this.extensionsOf(command, commandId, correlation, around?.extensions);
    const cause = causeOf(correlation, commandId, extensions);
    return await this.context.run(() => {
      const handler = new type() as Record<string | symbol, (command: object) => unknown>;
      return handler[method]?.(command);
    }, cause);
  }

  /** What the events of a command carry on: of the command around it, and what enrichers add; undefined for nothing. */
  private extensionsOf(
    command: object,
    commandId: string,
    correlationId: string,
    around: Extensions = {},
  ): Extensions | undefined {
    const { name: type } = this.commands.get(command.constructor as Class) as CommandModel;
    const extensions = this.enrichers.extensionsOf(command, { type, commandId, correlationId, extensions: around });
    return Object.keys(extensions).length === 0 ? undefined : extensions;
  }

  private handlerOf(command: object): NonNullable<CommandModel["handler"]> {
    const type = typeof command === "object" && command !== null ? (command.constructor as Class) : undefined;
    const model = type === undefined ? undefined : this.commands.get(type);
    if (model === undefined) {
      throw new IncorrectUsageError(`Cannot process ${type?.name ?? String(command)}: it is not a registered command`);
    }
    if (model.handler === undefined) {
      throw new IncorrectUsageError(`Cannot process ${model.name}: no command handler has a method for it`);
    }
    return model.handler;
  }
}
