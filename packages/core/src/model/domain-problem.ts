/** What kind of problem it is: what programs branch on. */
export type DomainProblemCode =
  | "INVALID_CONFIGURATION"
  | "UNKNOWN_AGGREGATE"
  | "UNKNOWN_EVENT"
  | "INVALID_DECLARATION"
  | "EVENT_WITHOUT_APPLY"
  | "UPCASTER_MISSING"
  | "UPCASTER_DUPLICATE"
  | "UPCASTER_UNREACHABLE"
  | "SNAPSHOT_MIGRATION_DUPLICATE"
  | "SNAPSHOT_MIGRATION_UNREACHABLE"
  | "AGGREGATE_WITHOUT_EVENTS"
  | "COMMAND_WITHOUT_HANDLER"
  | "SNAPSHOT_RULE_WITHOUT_EFFECT";

/** Something wrong with a domain, found by `domain.check()`. */
export interface DomainProblem {
  readonly code: DomainProblemCode;
  /** `error`: `init()` refuses the domain; `warning`: it does not, but something will not work as declared. */
  readonly severity: "error" | "warning";
  /** The class that it is about, by name, where it is about one. */
  readonly element?: string;
  /** A sentence; begins with file and line for a setting of domain.toml. */
  readonly message: string;
}
