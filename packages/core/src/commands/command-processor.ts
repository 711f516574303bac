import type { IdGenerator } from "../elements/id-generator";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class, Constructor } from "../metadata/class-types";
import { causeOf } from "../repository/cause";
import type { WorkContext } from "../repository/work-context";

/** A registered command and the method that carries it out. */
export interface CommandModel {
  /** `Fidelis.MakeDeposit.v1` */
  readonly name: string;
  /** Absent where no handler is registered. */
  readonly handler?: { readonly type: Constructor; readonly method: string | symbol };
}

/** What a caller may say with a command. */
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
  ) {}

  /**
   * Runs a command's handler and stores what it added; inside another handler the two share one unit of work.
   * @returns what the handler returned.
   */
  async process(command: object, { correlationId }: ProcessOptions = {}): Promise<unknown> {
    const { type, method } = this.handlerOf(command);
    const commandId = this.ids.next();
    const cause = causeOf(correlationId ?? this.context.current?.cause.correlationId ?? commandId, commandId);
    return await this.context.run(() => {
      const handler = new type() as Record<string | symbol, (command: object) => unknown>;
      return handler[method]?.(command);
    }, cause);
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
