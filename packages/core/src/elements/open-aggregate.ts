import type { Shape } from "../schema/shape";
import { type AggregateRoot, lifeOf } from "./aggregate-root";
import { changedField, noteAgain } from "./nested-state";
import { checkState, noteStatuses } from "./open-state";
import { takeOverDeletedFields } from "./state-fields";

/**
 * Checks the state of an open aggregate, whose methods may break rules until it is added: its shape, the transitions of its status
 * fields since it was stored or last checked, its entities and its post invariants. Others are checked by `raise`.
 *
 * @throws ValidationError for a state that breaks a rule; a further assignment may mend it. IncorrectUsageError for an entity in two
 *   places, and for an invariant that returns a promise.
 */
export function checkOpenState(aggregate: AggregateRoot): void {
  const life = lifeOf(aggregate);
  if (!life.isOpen) return;
  const shape = shapeOf(aggregate);
  if (takeOverDeletedFields(aggregate, shape, life)) life.isTouched = true;
  checkState(aggregate, life, shape);
}

/**
 * Notes that an open aggregate is as it is stored, after a load or a save: later changes and transitions are compared with this state.
 */
export function noteStored(aggregate: AggregateRoot): void {
  const life = lifeOf(aggregate);
  if (!life.isOpen) return;
  const shape = shapeOf(aggregate);
  noteStatuses(aggregate, life, shape);
  noteAgain(life, shape);
  life.isTouched = false;
  life.change = "none";
}

/**
 * Says that an open aggregate was changed since it was stored, `was changed in lines` for a nested value. Nested values are not looked
 * at in production.
 *
 * @returns undefined for an aggregate without changes besides the events that it raised.
 */
export function openChangeOf(aggregate: AggregateRoot): string | undefined {
  const life = lifeOf(aggregate);
  if (!life.isOpen) return undefined;
  const shape = shapeOf(aggregate);
  if (life.isTouched || takeOverDeletedFields(aggregate, shape, life)) return "was changed";
  const field = changedField(life, shape);
  return field && `was changed in ${field}`;
}

function shapeOf(aggregate: AggregateRoot): Shape {
  return (aggregate.constructor as unknown as { readonly shape: Shape }).shape;
}
