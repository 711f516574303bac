import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Shape } from "./shape";

/**
 * True where a status may change from its present state to another one.
 *
 * ```ts
 * if (!canTransition(order, "status", "SHIPPED")) throw new ValidationError({ status: ["not paid yet"] });
 * ```
 *
 * False for the present state itself, unless the transition is declared; an event that leaves the state unchanged may be raised
 * all the same.
 *
 * @throws IncorrectUsageError for a field that was not declared with `status()`.
 */
export function canTransition<T extends object, K extends keyof T & string>(owner: T, field: K, to: T[K]): boolean {
  const { shape, name } = owner.constructor as { readonly shape?: Shape; readonly name: string };
  const following = shape?.statuses?.following(field, owner);
  if (following === undefined)
    throw new IncorrectUsageError(`${name} has no field ${JSON.stringify(field)} declared with status()`);
  return following.includes(to as string);
}
