import { types } from "node:util";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/**
 * Returns the error for an object that looks like an instance of its class and was never constructed as one: a Proxy, or a copy made
 * by `Object.create()`. It lacks the private part of the instance.
 *
 * @param origin where instances come from: `createNew() or a repository`.
 */
export function copiedInstance(object: object, origin: string): IncorrectUsageError {
  const name = object.constructor?.name || "the object";
  const found = types.isProxy(object) ? "a Proxy" : "a copy, such as one by Object.create()";
  const details = { type: name, found: types.isProxy(object) ? "proxy" : "copy" };
  return new IncorrectUsageError(
    `Cannot use this ${name}: it is ${found}, not an instance made by ${origin}; use the instance itself`,
    details,
  );
}
