import type { Cause } from "../causation/cause";
import type { CommandContext } from "../elements/command-context";
import type { CommandModel } from "../model/command-model";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { CommandLimits } from "./command-limits";
import type { KeyedCommand } from "./command-records";

export interface CommandCallParts {
  readonly command: object;
  readonly model: CommandModel;
  readonly cause: Cause;
  readonly limits: CommandLimits | undefined;
  /** Where it has an idempotency key. */
  readonly keyed: KeyedCommand | undefined;
  /** That of its own limits, else that of the command around it. */
  readonly signal: AbortSignal | undefined;
  /** The unit of work that it was processed in, where it does not begin one. */
  readonly outer: UnitOfWork | undefined;
}

/** One command on its way, and what its handler and middleware are told of it. */
export class CommandCall implements CommandContext {
  attempt = 0;
  private unlimited: AbortSignal | undefined;

  constructor(readonly parts: CommandCallParts) {}

  /** Whether its handler's result is all there is to it: nothing to check, to keep or to stop. */
  get isPlain(): boolean {
    const { keyed, limits, model } = this.parts;
    return keyed === undefined && limits === undefined && !model.result.isDeclared;
  }

  get type(): string {
    return this.parts.model.name;
  }

  get commandId(): string {
    return this.parts.cause.causationId as string;
  }

  get correlationId(): string {
    return this.parts.cause.correlationId;
  }

  get idempotencyKey(): string | undefined {
    return this.parts.keyed?.key;
  }

  /** Without a limit it is one that nobody aborts, made for those who ask. */
  get signal(): AbortSignal {
    if (this.parts.signal !== undefined) return this.parts.signal;
    this.unlimited ??= new AbortController().signal;
    return this.unlimited;
  }
}
