import type { CommandResult } from "../elements/command-result";
import type { Class, Resolvable } from "../metadata/class-types";
import type { Shape } from "../schema/shape";

/** A registered command and the method that carries it out. */
export interface CommandModel {
  readonly type: Class;
  /** `Fidelis.MakeDeposit.v1` */
  readonly name: string;
  readonly shape: Shape;
  readonly result: CommandResult;
  /** The category of the streams that keep what became of commands with an idempotency key. */
  readonly recordCategory: string;
  /** The field that holds its idempotency key, where it declares one. */
  readonly keyField?: string;
  /** Absent where no handler is registered. */
  readonly handler?: { readonly type: Resolvable; readonly method: string | symbol };
}
