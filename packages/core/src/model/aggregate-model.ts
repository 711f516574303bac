import type { AggregateRoot } from "../elements/aggregate-root";
import type { MigrationStep } from "../elements/snapshot-migration";
import type { Class, Constructor } from "../metadata/class-types";
import type { Shape } from "../schema/shape";
import type { AggregateStorage } from "./aggregate-storage";

/** A registered aggregate class, checked and prepared: nothing is looked up by reflection after `domain.init()`. */
export interface AggregateModel<A extends AggregateRoot = AggregateRoot> {
  readonly type: Constructor<A>;
  /** Its name in streams, errors and on the command line. */
  readonly name: string;
  readonly shape: Shape;
  readonly storage: AggregateStorage;
  /** `fidelis::account`: the start of its streams, before the id. */
  readonly category: string;
  /** `fidelis::account:snapshot` */
  readonly snapshotCategory: string;
  readonly schemaVersion: number;
  readonly fingerprint: string;
  /** The next step towards the present schema version, by the older version that it starts from. */
  readonly migrations: ReadonlyMap<number, MigrationStep>;
  /** How each event is folded, by its stored type: earlier versions and names included. */
  readonly folds: ReadonlyMap<string, FoldStep>;
  /** Stored types that the state ignores: in full, or without a version for all versions. */
  readonly skipped: ReadonlySet<string>;
  /** How each save records the whole state; undefined when it does not. */
  readonly facts: FactType | undefined;
  /** The stored type of each event class. */
  readonly eventTypes: ReadonlyMap<Class, EventType>;
}

/** How one stored type is folded. */
export interface FoldStep {
  /** The prototype of the event class, which parsed data gets. */
  readonly prototype: object;
  /** Converts stored data when the event's shape or an older version needs it. @throws UnreadableEvent */
  readonly decode: ((json: object) => object) | undefined;
  readonly apply: (this: AggregateRoot, event: object) => unknown;
}

/** How an event is stored and read. */
export interface EventType {
  /** `Fidelis.DepositMade.v1`: the type that new events are stored with. */
  readonly name: string;
  /** `DepositMade`: its name in domain.toml. */
  readonly shortName: string;
  /** `MoneyDeposited`: names that it was stored under before. */
  readonly formerNames: readonly string[];
  readonly version: number;
  readonly shape: Shape;
  /** How its data is read, by stored type: older versions are upcast. */
  readonly decoders: ReadonlyMap<string, FoldStep["decode"]>;
}

/** How the facts of an aggregate are stored. */
export interface FactType {
  /** `fidelis::account:fact` */
  readonly category: string;
  /** `Fidelis.AccountFact.v1`, with the aggregate's schema version. */
  readonly type: string;
}
