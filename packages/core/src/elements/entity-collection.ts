import { type InspectOptions, inspect as inspectValue } from "node:util";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { ValidationError } from "../errors/validation-error";
import { COPY, type CopyPart, thawed } from "../schema/copying";
import type { Shape } from "../schema/shape";
import { nameAndId } from "../wording/in-words";
import { copiedInstance } from "./copied-instance";
import type { EntityInput, EntityRoot } from "./entity";

/** A class that extends `Entity({…})`. */
export interface EntityClass<E extends EntityRoot = EntityRoot> {
  new (...values: any[]): E;
  readonly shape: Shape<any>;
  readonly prototype: E;
}

/**
 * Holds the entities of one class in an aggregate, in the order in which they were added: the value of a field `hasMany(Signatory)`.
 * It changes in `@apply` methods only, as every field does: a change elsewhere would be in no event. Any method changes that of an aggregate
 * that is stored as its state.
 */
export class EntityCollection<E extends EntityRoot = EntityRoot> implements Iterable<E> {
  readonly #ofType: EntityClass<E>;
  // Not #private, so that a test that compares two collections compares their entities.
  private readonly byId: Map<string, E>;

  constructor(type: EntityClass<E>, entities: Iterable<E> = []) {
    this.#ofType = type;
    this.byId = new Map();
    for (const entity of entities) this.byId.set(entity.id, entity);
  }

  /** The number of entities. */
  get size(): number {
    return this.byId.size;
  }

  /**
   * Adds an entity at the end. Copies an entity of a frozen event.
   *
   * @param entity an instance, or values to make one of.
   * @returns the entity that is in the collection now.
   * @throws ValidationError for values that do not fit the shape, and for an id that another entity has.
   */
  add(entity: E | EntityInput<E>): E {
    this.refuseWhenReadOnly("add to");
    const member = this.memberOf(entity);
    if (this.byId.has(member.id))
      throw new ValidationError({ id: [`there is a ${nameAndId(member)} in the collection already`] });
    this.byId.set(member.id, member);
    return member;
  }

  /** @throws ObjectNotFoundError for an id that no entity has. */
  get(id: string): E {
    const entity = this.byId.get(id);
    if (entity === undefined) throw new ObjectNotFoundError({ aggregate: this.type.name, id });
    return entity;
  }

  /** Returns the entity with an id, or the first that fulfils a condition; undefined without such an entity. */
  find(wanted: string | ((entity: E) => boolean)): E | undefined {
    if (typeof wanted === "string") return this.byId.get(wanted);
    for (const entity of this) if (wanted(entity)) return entity;
    return undefined;
  }

  /** True where the collection holds an entity with this id. */
  has(entity: string | E): boolean {
    return this.byId.has(idOf(entity));
  }

  /**
   * Removes an entity, by its id.
   *
   * @returns the removed entity.
   * @throws ObjectNotFoundError for an entity that is not in the collection.
   */
  remove(entity: string | E): E {
    this.refuseWhenReadOnly("remove from");
    const removed = this.get(idOf(entity));
    this.byId.delete(removed.id);
    return removed;
  }

  /** Removes all entities. */
  clear(): void {
    this.refuseWhenReadOnly("clear");
    this.byId.clear();
  }

  /** Iterates over the entities in the order in which they were added. */
  [Symbol.iterator](): IterableIterator<E> {
    return this.byId.values();
  }

  /** Lists the entities that fulfil a condition. */
  filter(condition: (entity: E) => boolean): E[] {
    return this.toArray().filter((entity) => condition(entity));
  }

  /** Converts each entity. */
  map<T>(convert: (entity: E) => T): T[] {
    return this.toArray().map((entity) => convert(entity));
  }

  /** True where at least one entity fulfils a condition. */
  some(condition: (entity: E) => boolean): boolean {
    return this.toArray().some((entity) => condition(entity));
  }

  /** True where all entities fulfil a condition. */
  every(condition: (entity: E) => boolean): boolean {
    return this.toArray().every((entity) => condition(entity));
  }

  /** Combines the entities into one result, in their order. */
  reduce<T>(combine: (result: T, entity: E) => T, initial: T): T {
    return this.toArray().reduce((result, entity) => combine(result, entity), initial);
  }

  /** Returns a new array of the entities. */
  toArray(): E[] {
    return [...this.byId.values()];
  }

  /** Returns an array of the entities, for `JSON.stringify`. */
  toJSON(): E[] {
    return this.toArray();
  }

  /**
   * Prints `EntityCollection(2) [ Signatory {…}, Signatory {…} ]`. Only Node's own printer passes `inspect`; Chai's, for one, does
   * not.
   */
  [Symbol.for("nodejs.util.inspect.custom")](
    _depth: number,
    options: InspectOptions,
    inspect: (value: unknown, options: InspectOptions) => string = inspectValue,
  ): string {
    return `EntityCollection(${this.size}) ${inspect(this.toArray(), options)}`;
  }

  /** Iterates over the entities with the ids under which they were added: an entity whose `id` was changed has another one. */
  entries(): IterableIterator<[string, E]> {
    return this.byId.entries();
  }

  /** Copies the collection for another owner. @internal */
  [COPY](copyPart: CopyPart): object {
    return new EntityCollection(
      this.type,
      this.toArray().map((entity, index) => copyPart(entity, String(index)) as E),
    );
  }

  /** @throws IncorrectUsageError for a Proxy of a collection. */
  private get type(): EntityClass<E> {
    if (#ofType in this) return this.#ofType;
    throw copiedInstance(this, "an aggregate that was made or loaded");
  }

  private memberOf(entity: E | EntityInput<E>): E {
    const type = this.type;
    if (!(entity instanceof type)) return new type(entity);
    if (entity.constructor !== type) {
      const found = entity.constructor.name;
      throw new ValidationError({ id: [`is the id of a ${found}, in a collection of ${type.name}`] });
    }
    return Object.isFrozen(entity) ? (thawed(entity) as E) : entity;
  }

  private refuseWhenReadOnly(attempt: string): void {
    if (!Object.isFrozen(this)) return;
    throw new IncorrectUsageError(
      `Cannot ${attempt} a collection of ${this.type.name}: it is read-only, as part of an event or of an earlier state`,
    );
  }
}

function idOf(entity: string | EntityRoot): string {
  return typeof entity === "string" ? entity : entity.id;
}
