import type { Constructor } from "../metadata/class-types";
import { reasonOf } from "../wording/in-words";
import type { Report } from "./domain-problem";

/**
 * Constructs a class whose methods only fold, so that it needs nothing from outside: no resolver is asked. Reports one that takes
 * arguments or cannot be constructed.
 *
 * @param noun what the class is: `projector`.
 */
export function pureInstance(type: Constructor, noun: string, report: Report): object {
  const { name, length } = type;
  if (length > 0) {
    report(`${name} takes arguments, which nothing gives it: a ${noun} only folds, so it needs nothing else`, name);
    return {};
  }
  try {
    return new type();
  } catch (error) {
    report(`${name} cannot be constructed without arguments: ${reasonOf(error)}`, name);
    return {};
  }
}
