import type { CommandResult } from "../elements/command-result";
import type { Class, Resolvable } from "../metadata/class-types";
import type { ProjectionModel } from "./projection-model";

/** A registered query and the method that answers it. */
export interface QueryModel {
  readonly type: Class;
  readonly name: string;
  readonly result: CommandResult;
  /** The projection that it reads. */
  readonly projection: ProjectionModel;
  /** Absent when no handler is registered. */
  readonly handler?: {
    readonly type: Resolvable;
    readonly method: string | symbol;
    /** The projection whose view the method is given. */
    readonly projection: ProjectionModel;
  };
}
