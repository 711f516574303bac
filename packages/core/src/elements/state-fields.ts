import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { thawed } from "../schema/copying";
import type { Shape } from "../schema/shape";
import { nameAndId } from "../wording/in-words";
import type { AggregateLife } from "./aggregate-life";
import { noteRead } from "./nested-state";
import { beginAssignment } from "./open-state";

/** Returns the life of an instance. @throws IncorrectUsageError for a Proxy or a copy. */
type LifeOf = (aggregate: object) => AggregateLife;

const descriptors = new WeakMap<Shape, readonly PropertyDescriptor[]>();

/**
 * Defines the fields of a shape on a new aggregate. They are own and enumerable, so that spreading, comparing and listing an
 * aggregate work as with plain fields. Everybody can read them. Those of an open aggregate can be assigned: a frozen value of a
 * command or an event is copied, so that its parts can be changed later, and so is a date, which nothing can freeze. Of others only an `@apply` method can assign them: an assignment
 * elsewhere would be in no event, and gone after the next load.
 */
export function defineStateFields(aggregate: object, shape: Shape, lifeOf: LifeOf): void {
  let ofShape = descriptors.get(shape);
  if (ofShape === undefined) {
    ofShape = shape.keys.map((_, index) => stateField(shape, index, lifeOf));
    descriptors.set(shape, ofShape);
  }
  // One by one takes half the time of Object.defineProperties.
  for (let index = 0; index < ofShape.length; index++)
    Object.defineProperty(aggregate, shape.keys[index] as string, ofShape[index] as PropertyDescriptor);
}

/**
 * Defines the fields again that class fields have replaced, which JavaScript defines and does not assign (`status = "OPEN"` in the
 * body of a class). Takes over their values.
 */
export function takeOverClassFields(aggregate: object, shape: Shape, life: AggregateLife): void {
  if (!replacesFields(aggregate, shape)) return;
  for (const index of shape.keys.keys()) takeOver(aggregate, index, shape, life);
}

/**
 * Takes over the fields of an open aggregate that `delete` has removed, which JavaScript tells nobody of: such a field holds nothing,
 * or what was assigned after that.
 *
 * @returns whether there were any.
 */
export function takeOverDeletedFields(aggregate: object, shape: Shape, life: AggregateLife): boolean {
  let found = false;
  for (const [index, key] of shape.keys.entries()) {
    if (Object.getOwnPropertyDescriptor(aggregate, key)?.get !== undefined) continue;
    takeOver(aggregate, index, shape, life);
    found = true;
  }
  return found;
}

function takeOver(aggregate: object, index: number, shape: Shape, life: AggregateLife): void {
  const key = shape.keys[index] as string;
  life.state[index] = (aggregate as Record<string, unknown>)[key];
  Object.defineProperty(aggregate, key, (descriptors.get(shape) ?? [])[index] as PropertyDescriptor);
}

/** For each class whether the body of the class replaces a field of its shape. It does so in every instance or in none. */
const replacing = new WeakMap<object, boolean>();

function replacesFields(aggregate: object, shape: Shape): boolean {
  let replaces = replacing.get(aggregate.constructor);
  if (replaces === undefined) {
    replaces = shape.keys.some((key) => Object.getOwnPropertyDescriptor(aggregate, key)?.get === undefined);
    replacing.set(aggregate.constructor, replaces);
  }
  return replaces;
}

/** Configurable, so that an `@apply` method can delete an optional field. */
function stateField(shape: Shape, index: number, lifeOf: LifeOf): PropertyDescriptor {
  const key = shape.keys[index] as string;
  return {
    enumerable: true,
    configurable: true,
    get(this: object) {
      const life = lifeOf(this);
      const value = life.state[index];
      if (typeof value === "object" && !life.isFolding) noteRead(life, index, shape);
      return value;
    },
    set(this: object, value: unknown) {
      const life = lifeOf(this);
      if (life.isFolding) {
        life.state[index] = value;
        return;
      }
      const aggregate = this as { readonly id: string };
      if (!life.isOpen || life.isTemporal) throw refusedAssignment(aggregate, key, life);
      beginAssignment(aggregate, key, life, shape);
      life.state[index] = Object.isFrozen(value) || value instanceof Date ? thawed(value) : value;
    },
  };
}

function refusedAssignment(aggregate: { readonly id: string }, key: string, life: AggregateLife): IncorrectUsageError {
  const details = { aggregate: aggregate.constructor.name, id: life.id, field: key };
  const reason = life.isTemporal
    ? `it was loaded as of version ${life.version} and is read-only`
    : `${key} changes only in @apply; raise an event`;
  return new IncorrectUsageError(`Cannot assign ${key} of ${nameAndId(aggregate)}: ${reason}`, details);
}
