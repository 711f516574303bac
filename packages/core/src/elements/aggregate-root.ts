import { type InspectOptions, inspect as inspectValue } from "node:util";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { isPromise } from "../errors/returned-promise";
import { ValidationError } from "../errors/validation-error";
import type { Class, Constructor } from "../metadata/class-types";
import { signRoot } from "../metadata/package-copy";
import { isChangeable, thawed } from "../schema/copying";
import { identifierFault } from "../schema/identifier";
import { printable } from "../schema/printable";
import type { Shape } from "../schema/shape";
import type { StatusValues } from "../schema/status-fields";
import { nameAndId } from "../wording/in-words";
import { adoptEntities, entityParts } from "./aggregate-entities";
import { type AggregateLife, newLife, whileFolding } from "./aggregate-life";
import { copiedInstance } from "./copied-instance";
import type { DomainEventRoot } from "./domain-event";
import { type EntityStatuses, entityStatuses, transitionComplaints } from "./entity-statuses";
import { foldTable } from "./fold-table";
import { newAggregateId } from "./id-generator";
import { initialState } from "./initial-state";
import { checkInvariants, type InvariantMoment } from "./invariants";
import { checkNested, noteAgain } from "./nested-state";
import { isEventOf, isOpenClass } from "./open-classes";
import { checkTransitions, noteStatuses, runInvariants } from "./open-state";
import { missingPart, promiseOfApply, raiseRefusal } from "./raise-refusal";
import { defineStateFields, takeOverClassFields } from "./state-fields";

/** The life of the next instance. Not a parameter of the constructor, so that subclasses need no constructor of their own. */
let birth: AggregateLife | undefined;

let announceBirth: (aggregate: AggregateRoot) => void = () => undefined;

let readLife: (aggregate: object) => AggregateLife;

/** An aggregate class, whose constructor is protected. */
export interface AggregateClass<A extends AggregateRoot = AggregateRoot> {
  readonly prototype: A;
  readonly name: string;
}

/** The root of every aggregate class; see the function `Aggregate`. */
export abstract class AggregateRoot {
  readonly #life: AggregateLife;

  /** Called by `createNew()` and by loads only. Takes nothing: the parameters let a function make subclasses of any class. */
  protected constructor(..._: any[]) {
    const { name, shape } = new.target as unknown as Partial<Shaped> & { readonly name: string };
    if (birth === undefined)
      throw new IncorrectUsageError(
        `Cannot construct ${name} with new: call ${name}.createNew(), or get one from its repository`,
      );
    if (shape === undefined) throw new IncorrectUsageError(`${name} has no shape: extend Aggregate({…})`);
    this.#life = birth;
    birth = undefined;
    this.#life.state = initialState(shape, name);
    defineStateFields(this, shape, readLife);
  }

  /**
   * Makes a new aggregate without events, its fields at their defaults. Raise its first event before anything else, or assign the fields of
   * one that is stored as its state.
   *
   * @param init.id its id, such as the id that another system uses. By default a fresh one: from `domain.ids` in a unit of work of
   *   that domain, otherwise a UUID of version 7.
   * @throws ValidationError for an id that no store can hold.
   */
  static createNew<T extends AggregateRoot>(this: AggregateClass<T>, init: { readonly id?: string } = {}): T {
    const { id = newAggregateId() } = init;
    const fault = identifierFault(id);
    if (fault !== undefined) throw new ValidationError({ id: [fault] }, `the id of a new ${this.name}`);
    const aggregate = born(this, newLife(id));
    announceBirth(aggregate);
    return aggregate;
  }

  /** Set by `createNew()` or by a load. Never changes. */
  get id(): string {
    return lifeOf(this).id;
  }

  /**
   * The 0-based position of the last folded event, saved or not; of an aggregate whose state is the truth, how often it was saved, from 0.
   * -1 for a new aggregate.
   */
  get version(): number {
    return lifeOf(this).version;
  }

  /** True for an aggregate that was loaded as of an earlier version or time: it is read-only. */
  get isTemporal(): boolean {
    return lifeOf(this).isTemporal;
  }

  /**
   * Folds an event into the state at once, checks the state against its shape, the transitions of its status fields and its
   * invariants, and keeps the event until the aggregate is added to its repository.
   *
   * An aggregate whose state is the truth keeps any event of its own; an `@apply` method folds it where there is one. Shape and post invariants
   * of its state are checked when it is added.
   *
   * @throws ValidationError for a state that breaks a rule. The aggregate can then no longer be saved.
   * @throws IncorrectUsageError for an event without `@apply` method, or of another aggregate, on a read-only aggregate, for an `@apply` method
   *   or an invariant that returns a promise or does not find an entity, and where a nested value was changed outside of `@apply`.
   */
  raise(event: DomainEventRoot): void {
    const life = lifeOf(this);
    if (life.isOpen) {
      this.#raiseOpen(event, life);
      return;
    }
    const method = foldTable(this.constructor as Class).get(event?.constructor as Class);
    if (method === undefined || life.isTemporal || life.isFolding || life.refusal !== undefined)
      throw raiseRefusal(this, life, event);
    const shape = shapeOf(this);
    checkNestedState(this);
    try {
      if (life.version >= 0) this.#checkInvariants("pre");
      const before = shape.statuses?.valuesIn(this);
      const entitiesBefore = entityStatuses(this, shape);
      this.#fold(event, method, life);
      noteAgain(life, shape);
      life.version++;
      life.pending.push(event);
      this.#check(before, entitiesBefore);
    } catch (error) {
      life.refusal = error instanceof ObjectNotFoundError ? missingPart(error, this, event) : error;
      throw life.refusal;
    }
  }

  /** Keeps an event of an open aggregate. The state is checked when the aggregate is added, so that methods may raise before they assign. */
  #raiseOpen(event: DomainEventRoot, life: AggregateLife): void {
    const type = this.constructor as Class;
    const method = foldTable(type).get(event?.constructor as Class);
    const isRaisable = method !== undefined || isEventOf(event, type);
    if (!isRaisable || life.isTemporal || life.isFolding || life.refusal !== undefined || life.change === "checking")
      throw raiseRefusal(this, life, event);
    const shape = shapeOf(this);
    try {
      if (life.change === "none" || life.change === "raised") runInvariants(this, "pre", life, shape);
      checkTransitions(this, life, shape);
      if (method !== undefined) {
        noteStatuses(this, life, shape);
        this.#fold(event, method, life);
        checkTransitions(this, life, shape);
      }
      noteStatuses(this, life, shape);
      life.pending.push(event);
      if (life.change === "none") life.change = "raised";
      else if (life.change === "refused") life.change = "assigned";
    } catch (error) {
      life.refusal = error instanceof ObjectNotFoundError ? missingPart(error, this, event) : error;
      throw life.refusal;
    }
  }

  #fold(event: DomainEventRoot, method: string | symbol, life: AggregateLife): void {
    whileFolding(life, () => {
      const methods = this as unknown as Record<string | symbol, (event: object) => unknown>;
      const returned = methods[method]?.(changeable(event));
      if (returned !== undefined && isPromise(returned)) throw promiseOfApply(returned, this, method);
    });
  }

  /** Returns a plain object with the id and the state, for `JSON.stringify`: bigints as texts of their digits. */
  toJSON(): object {
    return { id: lifeOf(this).id, ...printable(this as object) };
  }

  /** Returns the class and the id, for texts: `Account "a-1"`. */
  toString(): string {
    return nameAndId(this);
  }

  /** Prints `Account a-1 (version 4) { balance: 5 }`. */
  [Symbol.for("nodejs.util.inspect.custom")](
    depth: number,
    options: InspectOptions,
    inspect: (value: unknown, options: InspectOptions) => string = inspectValue,
  ): string {
    const { name } = this.constructor;
    if (!(#life in this)) return `${name} ${inspect({ ...(this as object) }, options)}`;
    const { id, version } = this.#life;
    return depth < 0
      ? `[${name} ${id}]`
      : `${name} ${id} (version ${version}) ${inspect({ ...(this as object) }, options)}`;
  }

  /**
   * @param before the status fields before the event; undefined for a class without any.
   * @param entitiesBefore the status fields of the entities.
   */
  #check(before: StatusValues | undefined, entitiesBefore: EntityStatuses | undefined): void {
    const { name, shape } = this.constructor as unknown as Shaped;
    const complaints =
      shape.complaints(this) ??
      (before && shape.statuses?.complaints(before, this)) ??
      (entitiesBefore && transitionComplaints(entitiesBefore, this, shape));
    if (complaints !== undefined) throw new ValidationError(complaints, `the state of ${name}`);
    if (shape.entityKeys.length > 0) adoptEntities(this, shape);
    this.#checkInvariants("post");
  }

  #checkInvariants(moment: InvariantMoment): void {
    const shape = shapeOf(this);
    checkInvariants(this, moment, shape.entityKeys.length > 0 ? entityParts(this, shape) : []);
  }

  static {
    readLife = (aggregate) => {
      if (#life in aggregate) return aggregate.#life;
      throw copiedInstance(aggregate, "createNew() or a repository");
    };
  }
}

signRoot(AggregateRoot.prototype);

/** What the classes that `Aggregate({…})` makes have. */
type Shaped = AggregateClass & { readonly shape: Shape };

/**
 * Returns the life of an aggregate, which repository and snapshots use.
 *
 * @throws IncorrectUsageError for a Proxy of an aggregate and for a copy, which have no life.
 */
export function lifeOf(aggregate: AggregateRoot): AggregateLife {
  return readLife(aggregate);
}

/** @throws IncorrectUsageError where other code than an `@apply` method has changed a nested value. Not in production. */
export function checkNestedState(aggregate: AggregateRoot): void {
  const life = lifeOf(aggregate);
  if (!life.isOpen) checkNested(aggregate, life, shapeOf(aggregate));
}

/** Calls `observer` with every aggregate that `createNew()` makes from now on. There is one observer. */
export function observeBirths(observer: (aggregate: AggregateRoot) => void): void {
  announceBirth = observer;
}

function shapeOf(aggregate: AggregateRoot): Shape {
  return (aggregate.constructor as unknown as Shaped).shape;
}

/** Constructs an aggregate with a given life, its fields at their defaults. A load folds events into it. */
export function born<T extends AggregateRoot>(aggregate: AggregateClass<T>, life: AggregateLife): T {
  birth = life;
  life.isFolding = true;
  life.isOpen = isOpenClass(aggregate as unknown as Class);
  try {
    const made = new (aggregate as unknown as Constructor<T>)();
    takeOverClassFields(made, shapeOf(made), life);
    if (life.isOpen) noteStatuses(made, life, shapeOf(made));
    return made;
  } finally {
    life.isFolding = false;
    birth = undefined;
  }
}

/**
 * Returns an event whose nested values the `@apply` method may keep as state and change later, as those of a replayed event: a copy,
 * or the frozen event itself where it has no nested values.
 */
function changeable<E extends object>(event: E): E {
  for (const value of Object.values(event)) if (isChangeable(value)) return thawed(event) as E;
  return event;
}
