import type { DomainConfig } from "../../config/domain-config";
import type { Class } from "../../metadata/class-types";
import type { DomainModel } from "../../model/domain-model";
import type { DomainProblem } from "../../model/domain-problem";
import type { SnapshotOptions } from "../../snapshots/strategies/snapshot-options";

/** Looks for the problems of one family that `init()` tolerates. */
export type CheckRule = (subject: CheckSubject) => Iterable<DomainProblem>;

/** What such a rule looks at. */
export interface CheckSubject {
  /** Lacks what could not be understood. */
  readonly model: DomainModel;
  /** Absent where it cannot be read. */
  readonly config: DomainConfig | undefined;
  /** What an aggregate's decorator says of its snapshots. */
  readonly snapshotOptions: (aggregate: Class) => SnapshotOptions | undefined;
}
