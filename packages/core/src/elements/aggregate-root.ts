import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import { isChangeable, thawed } from "../schema/copying";
import { defaultOf } from "../schema/field-default";
import { identifierFault } from "../schema/identifier";
import type { Shape } from "../schema/shape";
import type { Standing } from "../schema/status-fields";
import type { Schema } from "../schema/zod-tree";
import { type AggregateLife, newLife, whileFolding } from "./aggregate-life";
import type { DomainEventRoot } from "./domain-event";
import { adoptEntities, entitiesIn } from "./entities-of";
import { type EntityStandings, entityStandings, transitionComplaints } from "./entity-standings";
import { foldTable } from "./fold-table";
import { newAggregateId } from "./id-generator";
import { checkInvariants, type InvariantMoment } from "./invariants";
import { raiseRefusal } from "./raise-refusal";
import { thaw } from "./thaw";

/** The life that the next instance is born with: constructors take no arguments, so that subclasses need none. */
let birth: AggregateLife | undefined;

let readLife: (aggregate: AggregateRoot) => AggregateLife;

/** The root of every aggregate class; see `Aggregate`. */
export abstract class AggregateRoot {
  /** Set by the classes that `Aggregate({…})` makes. */
  declare static readonly shape: Shape;

  readonly #life: AggregateLife;

  constructor() {
    const { name, shape } = new.target;
    if (birth === undefined)
      throw new IncorrectUsageError(
        `Cannot construct ${name} with new: call ${name}.createNew(), or get one from its repository`,
      );
    if (shape === undefined) throw new IncorrectUsageError(`${name} has no shape: extend Aggregate({…})`);
    this.#life = birth;
    birth = undefined;
    Object.assign(this, initialState(shape));
  }

  /**
   * A new aggregate without events, its fields at their defaults. Raise its first event before anything else.
   * @param init.id its id, such as one from another system; a fresh one where absent: from
   *   `domain.ids` in a unit of work of that domain, else a UUID of version 7.
   * @throws ValidationError for an id that no store could keep.
   */
  static createNew<T extends AggregateRoot>(this: new () => T, init: { readonly id?: string } = {}): T {
    const { id = newAggregateId() } = init;
    const fault = identifierFault(id);
    if (fault !== undefined) throw new ValidationError({ id: [fault] }, `the id of a new ${this.name}`);
    return born(this, newLife(id));
  }

  /** Given once, by `createNew()` or by the store, and never changed. */
  get id(): string {
    return this.#life.id;
  }

  /** 0-based position of the last event folded, unsaved ones included; -1 for a new aggregate. */
  get version(): number {
    return this.#life.version;
  }

  /** Whether it shows an earlier version or time, and so is read-only. */
  get isTemporal(): boolean {
    return this.#life.isTemporal;
  }

  /**
   * Records that something happened: folds the event into the state at once, checks the state against its shape, the
   * transitions of its status fields and its invariants, and keeps the event until the aggregate is added to its repository.
   *
   * @throws ValidationError when the new state is refused; the aggregate can then no longer be saved.
   * @throws IncorrectUsageError for an event without `@apply` method, or on a read-only aggregate.
   */
  raise(event: object): void {
    const life = this.#life;
    const method = foldTable(this.constructor as Class).get(event?.constructor as Class);
    if (method === undefined || life.isTemporal || life.isFolding || life.refusal !== undefined)
      throw raiseRefusal(this, life, event);
    try {
      if (life.version >= 0) this.#checkInvariants("pre");
      const { shape } = this.constructor as typeof AggregateRoot;
      const before = shape.statuses?.standing(this);
      const entitiesBefore = entityStandings(this, shape);
      whileFolding(life, () =>
        (this as unknown as Record<string | symbol, (event: object) => void>)[method]?.(thaw(event)),
      );
      life.version++;
      life.pending.push(event as DomainEventRoot);
      this.#check(before, entitiesBefore);
    } catch (error) {
      life.refusal = error;
      throw error;
    }
  }

  /** The id and the state, for `JSON.stringify`. */
  toJSON(): object {
    return { id: this.#life.id, ...(this as object) };
  }

  /** @param before where its status fields stood, if it has any; @param entitiesBefore those of its entities. */
  #check(before: Standing | undefined, entitiesBefore: EntityStandings | undefined): void {
    const { name, shape } = this.constructor as typeof AggregateRoot;
    const complaints =
      shape.complaints(this) ??
      (before && shape.statuses?.complaints(before, this)) ??
      (entitiesBefore && transitionComplaints(entitiesBefore, this, shape));
    if (complaints !== undefined) throw new ValidationError(complaints, `the state of ${name}`);
    if (shape.entityKeys.length > 0) adoptEntities(this, shape);
    this.#checkInvariants("post");
  }

  #checkInvariants(moment: InvariantMoment): void {
    const { shape } = this.constructor as typeof AggregateRoot;
    checkInvariants(this, moment, shape.entityKeys.length > 0 ? entitiesIn(this, shape) : []);
  }

  static {
    readLife = (aggregate) => aggregate.#life;
  }
}

/** For the repository and the snapshots: what the public accessors do not show. */
export function lifeOf(aggregate: AggregateRoot): AggregateLife {
  return readLife(aggregate);
}

/** An instance with a given life, its fields at their defaults: what a load folds events into. */
export function born<T extends AggregateRoot>(aggregate: new () => T, life: AggregateLife): T {
  birth = life;
  try {
    return new aggregate();
  } finally {
    birth = undefined;
  }
}

const initialStates = new WeakMap<
  Shape,
  { readonly state: Readonly<Record<string, unknown>>; readonly flat: boolean }
>();

function initialState(shape: Shape): object {
  let initial = initialStates.get(shape);
  if (initial === undefined) {
    const state = Object.fromEntries(shape.keys.map((key) => [key, defaultOf(shape.fields[key] as Schema)]));
    initial = { state, flat: !Object.values(state).some(isChangeable) };
    initialStates.set(shape, initial);
  }
  return initial.flat ? initial.state : (thawed(initial.state) as object);
}
