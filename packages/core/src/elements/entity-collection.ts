import { type InspectOptions, inspect as inspectValue } from "node:util";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { ValidationError } from "../errors/validation-error";
import { COPY, type CopyPart, thawed } from "../schema/copying";
import type { Shape } from "../schema/shape";
import { describeEntity, type EntityInput, type EntityRoot } from "./entity";

/** A class that extends `Entity({…})`. */
export interface EntityClass<E extends EntityRoot = EntityRoot> {
  new (...values: any[]): E;
  readonly shape: Shape<any>;
  readonly prototype: E;
}

/**
 * The entities of one class in an aggregate, in the order in which they were added: what a field `hasMany(Signatory)` holds.
 * Like every other field it changes in `@apply` methods only; what is changed elsewhere is in no event.
 */
export class EntityCollection<E extends EntityRoot = EntityRoot> implements Iterable<E> {
  readonly #type: EntityClass<E>;
  // Not #private, so that comparisons of two collections, as tests make them, see what they hold.
  private readonly byId: Map<string, E>;

  constructor(type: EntityClass<E>, entities: Iterable<E> = []) {
    this.#type = type;
    this.byId = new Map();
    for (const entity of entities) this.byId.set(entity.id, entity);
  }

  /** How many there are. */
  get size(): number {
    return this.byId.size;
  }

  /**
   * Adds an entity at the end. One that belongs to a frozen event is copied.
   *
   * @param entity an instance, or what to make one of.
   * @returns the entity that is in the collection now.
   * @throws ValidationError when it does not fit its shape, or when there is one with its id.
   */
  add(entity: E | EntityInput<E>): E {
    this.refuseWhenReadOnly("add to");
    const member = this.memberOf(entity);
    if (this.byId.has(member.id))
      throw new ValidationError({ id: [`there is a ${describeEntity(member)} in the collection already`] });
    this.byId.set(member.id, member);
    return member;
  }

  /** @throws ObjectNotFoundError when there is none with that id. */
  get(id: string): E {
    const entity = this.byId.get(id);
    if (entity === undefined) throw new ObjectNotFoundError({ aggregate: this.#type.name, id });
    return entity;
  }

  /** The one with an id, or the first that a condition holds for; undefined when there is none. */
  find(wanted: string | ((entity: E) => boolean)): E | undefined {
    if (typeof wanted === "string") return this.byId.get(wanted);
    for (const entity of this) if (wanted(entity)) return entity;
    return undefined;
  }

  /** Whether it holds an entity, by its id. */
  has(entity: string | E): boolean {
    return this.byId.has(idOf(entity));
  }

  /**
   * @returns the entity that was taken out.
   * @throws ObjectNotFoundError when it is not in the collection.
   */
  remove(entity: string | E): E {
    this.refuseWhenReadOnly("remove from");
    const removed = this.get(idOf(entity));
    this.byId.delete(removed.id);
    return removed;
  }

  /** Takes all of them out. */
  clear(): void {
    this.refuseWhenReadOnly("clear");
    this.byId.clear();
  }

  /** In the order in which they were added. */
  [Symbol.iterator](): IterableIterator<E> {
    return this.byId.values();
  }

  /** The entities that a condition holds for. */
  filter(condition: (entity: E) => boolean): E[] {
    return this.toArray().filter((entity) => condition(entity));
  }

  /** What a conversion makes of each. */
  map<T>(convert: (entity: E) => T): T[] {
    return this.toArray().map((entity) => convert(entity));
  }

  /** Whether a condition holds for one of them at least. */
  some(condition: (entity: E) => boolean): boolean {
    return this.toArray().some((entity) => condition(entity));
  }

  /** Whether a condition holds for all of them. */
  every(condition: (entity: E) => boolean): boolean {
    return this.toArray().every((entity) => condition(entity));
  }

  /** Combines them into one result, in their order. */
  reduce<T>(combine: (result: T, entity: E) => T, initial: T): T {
    return this.toArray().reduce((result, entity) => combine(result, entity), initial);
  }

  /** The entities in an array of the caller's own. */
  toArray(): E[] {
    return [...this.byId.values()];
  }

  /** An array, for `JSON.stringify`. */
  toJSON(): E[] {
    return this.toArray();
  }

  /** `EntityCollection(2) [ Signatory {…}, Signatory {…} ]`. Other printers than Node's, such as Chai's, hand over no `inspect`. */
  [Symbol.for("nodejs.util.inspect.custom")](
    _depth: number,
    options: InspectOptions,
    inspect: (value: unknown, options: InspectOptions) => string = inspectValue,
  ): string {
    return `EntityCollection(${this.size}) ${inspect(this.toArray(), options)}`;
  }

  /** The entities with the ids that they are kept by, which an `id` that was changed no longer is. */
  entries(): IterableIterator<[string, E]> {
    return this.byId.entries();
  }

  /** A copy for another owner, for `thawed` and the like. @internal */
  [COPY](copyPart: CopyPart): object {
    return new EntityCollection(
      this.#type,
      this.toArray().map((entity, index) => copyPart(entity, String(index)) as E),
    );
  }

  private memberOf(entity: E | EntityInput<E>): E {
    const type = this.#type;
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
      `Cannot ${attempt} a collection of ${this.#type.name}: it is read-only, as part of an event or of an earlier state`,
    );
  }
}

function idOf(entity: string | EntityRoot): string {
  return typeof entity === "string" ? entity : entity.id;
}
