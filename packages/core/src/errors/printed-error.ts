import { type InspectOptions, inspect } from "node:util";

/** The method with which an object prints itself under `console.log`. */
export const CUSTOM_INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** Prints an error as Node does, without some of its properties. */
export function printedWithout(error: Error, hidden: readonly string[], options: InspectOptions): string {
  const properties: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(error);
  for (const key of hidden) delete properties[key];
  properties[CUSTOM_INSPECT] = { value: undefined };
  // In newer versions of Node the stack is read by an accessor, which would give that of the new error.
  properties.stack = { value: error.stack, configurable: true, writable: true };
  // A new error and no other object, because Node prints as errors only what was constructed as one.
  const shown = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error) as object) as object;
  return inspect(Object.defineProperties(shown, properties), options);
}
