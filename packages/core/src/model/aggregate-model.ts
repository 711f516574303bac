import type { AggregateRoot } from "../elements/aggregate-root";
import type { MigrationStep } from "../elements/snapshot-migration";
import type { Class, Constructor } from "../metadata/class-types";
import type { Shape } from "../schema/shape";

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
  /** How each event is folded, by its stored type: under earlier versions and names of it too. */
  readonly folds: ReadonlyMap<string, FoldStep>;
  /** Stored types that leave no trace in the state: in full, or without their version for all versions. */
  readonly skipped: ReadonlySet<string>;
  /** How its whole state is recorded with each save; undefined where it is not. */
  readonly facts: FactType | undefined;
  /** The stored type of each event class. */
  readonly eventTypes: ReadonlyMap<Class, EventType>;
}

export interface FoldStep {
  /** Of the event class: what parsed data becomes an instance of. */
  readonly prototype: object;
  /** Converts stored data where the event's shape or an older version needs it. @throws UnreadableEvent */
  readonly decode: ((json: object) => object) | undefined;
  readonly apply: (this: AggregateRoot, event: object) => void;
}

export interface EventType {
  /** `Fidelis.DepositMade.v1`: what it is stored as from now on. */
  readonly name: string;
  /** `DepositMade`: as domain.toml calls it. */
  readonly shortName: string;
  /** `MoneyDeposited`: what it was called before. */
  readonly formerNames: readonly string[];
  readonly version: number;
  readonly shape: Shape;
  /** How its data is read, by each stored type that it goes by: upcast where that is older, else as it is. */
  readonly decoders: ReadonlyMap<string, FoldStep["decode"]>;
}

export interface FactType {
  /** `fidelis::account:fact` */
  readonly category: string;
  /** `Fidelis.AccountFact.v1`, with the aggregate's schema version. */
  readonly type: string;
}
