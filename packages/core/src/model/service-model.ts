import type { Resolvable } from "../metadata/class-types";

/** A registered domain service or application service. */
export interface ServiceModel {
  readonly type: Resolvable;
  /** Its methods that run in a unit of work of their own: those of an application service. */
  readonly useCases: ReadonlySet<string | symbol>;
}
