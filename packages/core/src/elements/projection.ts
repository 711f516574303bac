import { signRoot } from "../metadata/package-copy";
import type { Fields, ShapeOutput } from "../schema/fields";
import { Shape } from "../schema/shape";
import type { AggregateRoot } from "./aggregate-root";

/** The root of every projection class: a row, and what events do to it. */
export abstract class ProjectionRoot<Row extends object = object> {
  /** The fields of a row. Only the compiler knows the property: no instance has it. */
  declare readonly "~row": Row;
}

signRoot(ProjectionRoot.prototype);

/** The fields of a projection's rows. */
export type RowOf<P> = P extends { readonly "~row": infer Row } ? Row : never;

/** A projection class by its instances. */
export interface ProjectionClass<P extends ProjectionRoot = ProjectionRoot> {
  readonly prototype: P;
  readonly name: string;
}

/** The class that `Projection({…})` returns. Its instances have the shape's fields. */
export interface ProjectionBase<S extends Fields> {
  new (): ProjectionRoot<ShapeOutput<S>> & ShapeOutput<S>;
  readonly shape: Shape<S>;
}

/**
 * Returns the class to extend for a projection: rows with these fields, whose key is the first `identifier()`.
 *
 * ```ts
 * class AccountSummary extends Projection({ accountId: identifier(), balance: z.number().default(0) }) {
 *   @on(AccountOpened, { creates: true }) opened(event: AccountOpened): void { this.balance = event.openingDeposit; }
 * }
 * ```
 *
 * @throws ConfigurationError for a field whose type cannot be stored, or whose name is taken.
 */
export function Projection<S extends Fields>(fields: S): ProjectionBase<S> {
  const shape = new Shape(fields, TAKEN);
  class ShapedProjection extends ProjectionRoot {
    static readonly shape = shape;
  }
  return ShapedProjection as unknown as ProjectionBase<S>;
}

/** The names that every projection has already. */
const TAKEN = ["constructor"];

/** The row that `ProjectionOf(Account)` keeps for each aggregate: its id, its version, and the fields of its state. */
export type AggregateRow<S extends Fields> = { readonly id: string; readonly version: number } & ShapeOutput<S>;

/** The class that `ProjectionOf(Account)` returns. */
export interface ProjectionOfBase<S extends Fields> {
  new (): ProjectionRoot<AggregateRow<S>> & AggregateRow<S>;
  readonly shape: Shape<S>;
}

/**
 * Returns the class to extend for a projection that keeps a row for each aggregate of a class, folded by the aggregate's own
 * `@apply` methods. `@domain.projection({ of: Account, only: ["balance"] })` names the aggregate, and the fields to keep.
 */
export function ProjectionOf<S extends Fields>(aggregate: {
  readonly shape: Shape<S>;
  readonly prototype: AggregateRoot;
}): ProjectionOfBase<S> {
  const { shape } = aggregate;
  class AggregateProjection extends ProjectionRoot {
    static readonly shape = shape;
    /** The class whose aggregates are kept. */
    static readonly aggregate = aggregate;
  }
  return AggregateProjection as unknown as ProjectionOfBase<S>;
}
