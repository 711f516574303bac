import type { Class, Constructor } from "../metadata/class-types";
import type { Shape } from "../schema/shape";
import type { AggregateRoot } from "./aggregate-root";
import type { MigrationStep } from "./snapshot-migration";

/** A registered aggregate class, checked and prepared: nothing is looked up by reflection after `domain.init()`. */
export interface AggregateModel<A extends AggregateRoot = AggregateRoot> {
  readonly type: Constructor<A>;
  /** As streams, errors and the command line call it. */
  readonly name: string;
  readonly shape: Shape;
  /** `fidelis::account`: the part of its streams before the id. */
  readonly category: string;
  /** `fidelis::account:snapshot` */
  readonly snapshotCategory: string;
  readonly schemaVersion: number;
  readonly fingerprint: string;
  /** From each older schema version that a snapshot can be carried over from, the next step towards the present one. */
  readonly migrations: ReadonlyMap<number, MigrationStep>;
  /** How each event is folded, by its stored type. */
  readonly folds: ReadonlyMap<string, FoldStep>;
  /** The stored type of each event class. */
  readonly eventTypes: ReadonlyMap<Class, EventType>;
}

export interface FoldStep {
  /** Of the event class: what parsed data becomes an instance of. */
  readonly prototype: object;
  /** Converts stored data where the event's shape needs it. */
  readonly decode: ((json: object) => object) | undefined;
  readonly apply: (this: AggregateRoot, event: object) => void;
}

export interface EventType {
  /** `Fidelis.DepositMade.v1` */
  readonly name: string;
  /** `DepositMade`: as domain.toml calls it. */
  readonly shortName: string;
  readonly shape: Shape;
}
