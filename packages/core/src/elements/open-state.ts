import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { Shape } from "../schema/shape";
import type { StatusValues } from "../schema/status-fields";
import { nameAndId } from "../wording/in-words";
import { adoptEntities, entityParts } from "./aggregate-entities";
import { type AggregateLife, whileFolding } from "./aggregate-life";
import type { OwningAggregate } from "./entity";
import { type EntityStatuses, entityStatuses, transitionComplaints } from "./entity-statuses";
import { checkInvariants, type InvariantMoment } from "./invariants";

/** The status fields of an open aggregate and of its entities at one moment. */
interface NotedStatuses {
  readonly own: StatusValues | undefined;
  readonly ofEntities: EntityStatuses | undefined;
}

const noted = new WeakMap<AggregateLife, NotedStatuses>();

/**
 * Prepares the assignment of a field outside of an `@apply` method. The first one since the state was checked runs the pre invariants.
 *
 * @throws ValidationError for a broken invariant. The aggregate can then no longer be saved.
 * @throws IncorrectUsageError for an aggregate that refused an earlier change, and in an invariant.
 */
export function beginAssignment(
  aggregate: { readonly id: string },
  key: string,
  life: AggregateLife,
  shape: Shape,
): void {
  if (life.change === "checking")
    throw new IncorrectUsageError(
      `Cannot assign ${key} of ${nameAndId(aggregate)}: an invariant only checks the state`,
    );
  if (life.refusal !== undefined) {
    const message = `Cannot assign ${key} of ${nameAndId(aggregate)}: it refused an earlier change; load it again`;
    throw new IncorrectUsageError(message, {}, life.refusal);
  }
  if (life.change === "none") {
    try {
      runInvariants(aggregate, "pre", life, shape);
    } catch (error) {
      life.refusal = error;
      throw error;
    }
  }
  life.change = "assigned";
  life.isTouched = true;
}

/**
 * Runs the invariants of an aggregate and of its entities. They cannot change it meanwhile.
 *
 * @throws as `checkInvariants`.
 */
export function runInvariants(aggregate: object, moment: InvariantMoment, life: AggregateLife, shape: Shape): void {
  const { change } = life;
  life.change = "checking";
  try {
    checkInvariants(aggregate, moment, shape.entityKeys.length > 0 ? entityParts(aggregate, shape) : []);
  } finally {
    life.change = change;
  }
}

/** Notes the status fields, so that the next change of them is compared with their present values. */
export function noteStatuses(aggregate: object, life: AggregateLife, shape: Shape): void {
  if (shape.statuses === undefined && shape.entityKeys.length === 0) return;
  // As a part of a fold the reading of the fields is no reason to watch them.
  whileFolding(life, () => {
    const own = shape.statuses?.valuesIn(aggregate);
    const ofEntities = entityStatuses(aggregate, shape);
    if (own !== undefined || ofEntities !== undefined) noted.set(life, { own, ofEntities });
  });
}

/** @throws ValidationError where a status field has changed in a way that is not allowed since it was last noted. */
export function checkTransitions(aggregate: object, life: AggregateLife, shape: Shape): void {
  const before = noted.get(life);
  if (before === undefined) return;
  const complaints =
    (before.own && shape.statuses?.complaints(before.own, aggregate)) ??
    (before.ofEntities && transitionComplaints(before.ofEntities, aggregate, shape));
  if (complaints !== undefined) throw new ValidationError(complaints, `the state of ${aggregate.constructor.name}`);
}

/** As a part of a fold the reading of the fields is no reason to watch them. */
function complaintsOf(aggregate: object, life: AggregateLife, shape: Shape): ReturnType<Shape["complaints"]> {
  const { isFolding } = life;
  life.isFolding = true;
  try {
    return shape.complaints(aggregate);
  } finally {
    life.isFolding = isFolding;
  }
}

/**
 * Checks the whole state of an open aggregate: its shape, the transitions of its status fields, that no entity stands in two places,
 * and its post invariants.
 *
 * @throws ValidationError for a state that breaks a rule: a further assignment may mend it. IncorrectUsageError for an entity in two places.
 */
export function checkState(aggregate: OwningAggregate, life: AggregateLife, shape: Shape): void {
  try {
    const complaints = complaintsOf(aggregate, life, shape);
    if (complaints !== undefined) throw new ValidationError(complaints, `the state of ${aggregate.constructor.name}`);
    checkTransitions(aggregate, life, shape);
    if (shape.entityKeys.length > 0) adoptEntities(aggregate, shape);
    runInvariants(aggregate, "post", life, shape);
  } catch (error) {
    life.change = "refused";
    throw error;
  }
  noteStatuses(aggregate, life, shape);
  life.change = "none";
}
