import type { Cause } from "../causation/cause";
import type { Turn } from "../concurrency/stream-turns";
import type { CommandContext } from "../elements/command-context";
import type { CommandModel } from "../model/command-model";
import type { Committed } from "../unit-of-work/committed";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { CommandLimits } from "./command-limits";
import type { KeyedCommand } from "./keyed-command";
import type { Settlement } from "./settlement";

interface CommandCallParts {
  readonly command: object;
  readonly model: CommandModel;
  readonly cause: Cause;
  readonly limits: CommandLimits | undefined;
  /** Undefined without an idempotency key. */
  readonly keyed: KeyedCommand | undefined;
  /** How many conflicts to survive. */
  readonly retries: number;
  /** The signal of its own limits, else of the command around it. */
  readonly signal: AbortSignal | undefined;
  /** Called with what its unit of work has committed. */
  readonly committed: Committed | undefined;
  /** The unit of work that it is processed in, where it does not open one. */
  readonly outer: UnitOfWork | undefined;
  /** What is stored with its commit. */
  readonly settlement: Settlement | undefined;
}

/** One command on its way through the pipeline, and the context that its handler and middleware see. */
export class CommandCall implements CommandContext {
  attempt = 0;
  /** Whether the present attempt may use cached aggregates without asking the store. */
  mayTrust = false;
  /** The turn that the present attempt has at a stream. */
  turn: Turn | undefined;
  private unlimited: AbortSignal | undefined;

  constructor(readonly parts: CommandCallParts) {}

  /** Whether there is nothing to limit, to look up, to check or to note: most commands are plain. */
  get isPlain(): boolean {
    const { limits, keyed, signal, settlement, model } = this.parts;
    const isLimited = limits !== undefined || signal !== undefined;
    return !isLimited && keyed === undefined && settlement === undefined && !model.result.isDeclared;
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

  /** Without a limit it is never aborted, and made at the first use. */
  get signal(): AbortSignal {
    if (this.parts.signal !== undefined) return this.parts.signal;
    this.unlimited ??= new AbortController().signal;
    return this.unlimited;
  }
}
