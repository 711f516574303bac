/** The kind of a problem, for programs that branch on it. */
export type DomainProblemCode =
  | "INVALID_CONFIGURATION"
  | "UNKNOWN_AGGREGATE"
  | "UNKNOWN_EVENT"
  | "UNKNOWN_SUBSCRIPTION"
  | "INVALID_DECLARATION"
  | "BUNDLED_NAME"
  | "EVENT_WITHOUT_APPLY"
  | "UPCASTER_MISSING"
  | "UPCASTER_DUPLICATE"
  | "UPCASTER_UNREACHABLE"
  | "SNAPSHOT_MIGRATION_DUPLICATE"
  | "SNAPSHOT_MIGRATION_UNREACHABLE"
  | "AGGREGATE_WITHOUT_EVENTS"
  | "COMMAND_WITHOUT_HANDLER"
  | "PROJECTION_WITHOUT_ROWS"
  | "PROCESS_MANAGER_WITHOUT_START"
  | "QUERY_WITHOUT_HANDLER"
  | "LANE_WITHOUT_SUBSCRIPTION"
  | "SNAPSHOT_RULE_WITHOUT_EFFECT";

/** Something that is wrong with a domain, found by `domain.check()`. */
export interface DomainProblem {
  readonly code: DomainProblemCode;
  /** `error`: `init()` refuses the domain. `warning`: `init()` accepts it, but something will not work as declared. */
  readonly severity: "error" | "warning";
  /** The name of the class that the problem is about, if it is about one. */
  readonly element?: string;
  /** A sentence. It starts with file and line for a setting of domain.toml. */
  readonly message: string;
}

/**
 * Reports a fault. Checking goes on afterwards, so that all faults are listed at once.
 * @param element the name of the class that the fault is about, if it is about one.
 * @param code `INVALID_DECLARATION` by default.
 */
export type Report = (fault: string, element?: string, code?: DomainProblemCode) => void;
