import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";

/** A class of events, commands, value objects or entities. */
type ShapedClass = Class & { readonly shape?: { readonly keys: readonly string[] } | undefined };

/** The class that is constructed next without values, to see which fields it sets itself. */
let probed: Class | undefined;

/** True for the construction of a probe, whose fields the root class must leave unset. Has to be asked once a construction. */
export function isProbe(type: Class): boolean {
  if (probed !== type) return false;
  probed = undefined;
  return true;
}

/**
 * Lists the fields that a class sets besides those that its root sets from the shape: class fields, and fields that its
 * constructor assigns.
 *
 * @returns none for a class whose constructor cannot do without values.
 */
export function classFields(type: Class): readonly string[] {
  probed = type;
  try {
    return Object.keys(Reflect.construct(type as unknown as new () => object, []) as object);
  } catch {
    return [];
  } finally {
    probed = undefined;
  }
}

/**
 * Says why a class must not have a field of its own. With class fields as JavaScript defines them, `amount!: number` in the body
 * of a class sets the field to undefined after its root has set it from the shape.
 *
 * @param written how its class gets a shape: `Entity({…})`.
 */
export function classFieldFault({ name, shape }: ShapedClass, field: string, written: string): string {
  return shape?.keys.includes(field)
    ? `${name} declares the field "${field}" of its shape once more, which overwrites its value; leave the line out, or write "declare" before it`
    : `${name} has the field "${field}" outside of its shape, so it is never stored; declare it in ${written}`;
}

const accepted = new WeakSet<Class>();

/**
 * Refuses the first instance of a class with fields of its own, because the values of the shape would be lost or the frozen
 * instance could not be made.
 *
 * @param written as for `classFieldFault`.
 * @param mayAdd whether fields outside of the shape are left to `domain.init()`.
 * @throws IncorrectUsageError
 */
export function refuseClassFields(type: ShapedClass, written: string, { mayAdd }: { readonly mayAdd: boolean }): void {
  if (accepted.has(type)) return;
  const field = classFields(type).find((each) => !mayAdd || type.shape?.keys.includes(each));
  if (field !== undefined) throw new IncorrectUsageError(classFieldFault(type, field, written));
  accepted.add(type);
}
