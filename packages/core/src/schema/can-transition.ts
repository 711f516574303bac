import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Shape } from "./shape";

/**
 * Whether a status may go on to another state from where it stands.
 *
 * ```ts
 * if (!canTransition(order, "status", "SHIPPED")) throw new ValidationError({ status: ["not paid yet"] });
 * ```
 *
 * It does not go to the state that it is in already, unless that is declared; raising an event that leaves it there is
 * allowed all the same.
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
