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
    const { name, handler } = this.modelOf(command);
    const { type, method } = handler;
    const id = this.ids.next();
    const outer = this.context.current?.cause;
    const cause = causeOf(correlationId ?? outer?.correlationId ?? id, [
      ...(outer?.commands ?? []),
      { id, type: name },
    ]);
    return await this.context.run(() => {
      const instance = new type() as Record<string | symbol, (command: object) => unknown>;
      return instance[method]?.(command);
    }, cause);
  }

  private modelOf(command: object): Required<CommandModel> {
    const type = typeof command === "object" && command !== null ? (command.constructor as Class) : undefined;
    const model = type === undefined ? undefined : this.commands.get(type);
    if (model === undefined) {
      throw new IncorrectUsageError(`Cannot process ${type?.name ?? String(command)}: it is not a registered command`);
    }
    const { name, handler } = model;
    if (handler !== undefined) return { name, handler };
    throw new IncorrectUsageError(`Cannot process ${name}: no command handler has a method for it`);
  }
}
