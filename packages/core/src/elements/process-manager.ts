import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { signRoot } from "../metadata/package-copy";
import type { Fields, ShapeOutput } from "../schema/fields";
import { Shape } from "../schema/shape";
import type { CommandRoot } from "./command";

/** When something happens: a length of time from now on, such as `"10m"`, or a moment. */
export type TimeOfTimer = { readonly after: string } | { readonly at: Date };

/** How a command that a process manager issues is carried out. */
export interface IssueOptions {
  /** Higher ones come first; 0 where absent. */
  readonly priority?: number;
  /** The lane of servers that carry it out; that of the process manager where absent. */
  readonly lane?: string;
  /** It is not carried out after this moment, or this long after it was issued: it is refused then, with a CommandExpiredError. */
  readonly deadline?: TimeOfTimer;
}

/** What a process manager does while one of its methods runs. */
export interface ProcessActions {
  issue(command: CommandRoot, options?: IssueOptions): void;
  setTimer(name: string, time: TimeOfTimer): void;
  cancelTimer(name: string): void;
  complete(): void;
}

const actionsOf = new WeakMap<object, ProcessActions>();

/** Runs a method of an instance: what it does meanwhile is given to `actions`. */
export function whileActing<T>(instance: ProcessManagerRoot, actions: ProcessActions, run: () => T): T {
  actionsOf.set(instance, actions);
  try {
    return run();
  } finally {
    actionsOf.delete(instance);
  }
}

/** The root of every process manager class: a state, and what events, timers and refusals do to it. */
export abstract class ProcessManagerRoot {
  /**
   * Issues a command: it is stored with the state, and carried out once after that. The commands of one instance are carried out in the
   * order in which they were issued.
   * @throws IncorrectUsageError outside of the class's decorated methods, and for what is no registered command.
   */
  issue(command: CommandRoot, options?: IssueOptions): void {
    actingOn(this, "issue").issue(command, options);
  }

  /**
   * Sets a timer, in the place of one with the same name: `this.setTimer("expiry", { after: "10m" })`. It fires once, not before its time.
   * @throws IncorrectUsageError outside of the class's decorated methods, and for a name that no `@timer` method has.
   */
  setTimer(name: string, time: TimeOfTimer): void {
    actingOn(this, "setTimer").setTimer(name, time);
  }

  /** Cancels a timer, as far as it is set: it does not fire, even where its time has come. */
  cancelTimer(name: string): void {
    actingOn(this, "cancelTimer").cancelTimer(name);
  }

  /** Ends the instance when the method returns: its state is deleted, and its timers are cancelled. */
  complete(): void {
    actingOn(this, "complete").complete();
  }
}

signRoot(ProcessManagerRoot.prototype);

function actingOn(instance: ProcessManagerRoot, call: string): ProcessActions {
  const actions = actionsOf.get(instance);
  if (actions !== undefined) return actions;
  throw new IncorrectUsageError(
    `${instance.constructor.name} cannot ${call}() here: it is called in a @handle, @rejected or @timer method, before that returns`,
  );
}

/** The class that `ProcessManager({…})` returns. Its instances have the shape's fields. */
export interface ProcessManagerBase<S extends Fields> {
  new (): ProcessManagerRoot & ShapeOutput<S>;
  readonly shape: Shape<S>;
}

const TAKEN = ["constructor", "issue", "setTimer", "cancelTimer", "complete"];

/**
 * Returns the class to extend for a process manager: a state with these fields for each instance, whose id is the first `identifier()`.
 *
 * @throws ConfigurationError for a field whose type cannot be stored, or whose name is taken.
 */
export function ProcessManager<S extends Fields>(fields: S): ProcessManagerBase<S> {
  const shape = new Shape(fields, TAKEN);
  class ShapedProcessManager extends ProcessManagerRoot {
    static readonly shape = shape;
  }
  return ShapedProcessManager as unknown as ProcessManagerBase<S>;
}
