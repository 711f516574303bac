import type { FailurePolicy } from "../config/failure-policy";
import type { EventContext } from "../elements/event-context";
import type { Class } from "../metadata/class-types";
import type { Shape } from "../schema/shape";
import type { AggregateModel } from "./aggregate-model";
import type { ProjectionIndex } from "./projection-index";

/** A registered projection, checked and prepared. */
export interface ProjectionModel {
  readonly type: Class;
  readonly name: string;
  readonly version: number;
  readonly mode: "async" | "inline";
  readonly lane: string;
  /** What becomes of an event that cannot be folded; the configuration decides where it does not say. */
  readonly onFailure?: FailurePolicy | undefined;
  /** The fields of a row. Of a projection of an aggregate class: those of the aggregate's state, without `id` and `version`. */
  readonly shape: Shape;
  /** The field that is the key: `id` in a projection of an aggregate class. */
  readonly key: string;
  readonly indexes: readonly ProjectionIndex[];
  /** What is done for an event, by its stored type: earlier versions and names included; in the order of the methods. */
  readonly reactions: ReadonlyMap<string, readonly Reaction[]>;
  /** The aggregates whose events it takes. */
  readonly sources: readonly AggregateModel[];
  /** Set for a projection that keeps the states of an aggregate class: it has no reactions. */
  readonly aggregate?: ProjectedAggregate;
  /** The class whose methods fold its events, where it is not the projection itself. */
  readonly projector?: Class;
}

/** The aggregate class whose states a projection keeps. */
export interface ProjectedAggregate {
  readonly model: AggregateModel;
  /** The fields of the state that its rows have; all of them by default. */
  readonly only: readonly string[];
}

/** What one method does for one event class. */
export interface Reaction {
  /** The method as sentences name it: `AccountSummary.deposited`. */
  readonly place: string;
  /** The event class. */
  readonly event: Class;
  /** Makes the missing row with its key and defaults. */
  readonly creates: boolean;
  /** What happens to an event whose row is missing, where it does not create it. */
  readonly missing: "fail" | "ignore";
  /** The keys of the rows that an event concerns, each once, in the order in which they were given. */
  readonly keysOf: (event: object, aggregateId: string) => readonly string[];
  /** Calls the method. */
  readonly apply: (row: object, event: object, context: EventContext) => unknown;
}

/** A registered class of methods that return statements for tables of the application's own. */
export interface SqlProjectorModel {
  readonly type: Class;
  readonly name: string;
  readonly lane: string;
  /** What becomes of an event whose statements fail; the configuration decides where it does not say. */
  readonly onFailure?: FailurePolicy | undefined;
  /** The tables that its statements change. */
  readonly tables: readonly string[];
  readonly reactions: ReadonlyMap<string, readonly StatementReaction[]>;
  readonly sources: readonly AggregateModel[];
}

/** What one method of an SQL projector returns for one event class. */
export interface StatementReaction {
  readonly place: string;
  readonly event: Class;
  /** Calls the method: a statement, a list of them, or nothing. */
  readonly statements: (event: object, context: EventContext) => unknown;
}
