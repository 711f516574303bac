import { isPromise, promiseRefusal } from "../errors/returned-promise";
import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import { methodMarks } from "../metadata/method-mark";

export type InvariantMoment = "pre" | "post";

/** A part of an object, whose invariants have to hold too. Its path stands before the fields in their messages. */
interface Part {
  readonly part: object;
  readonly path: string;
}

const known = new WeakMap<Class, Readonly<Record<InvariantMoment, readonly (string | symbol)[]>>>();

/**
 * Runs all invariants of one moment, so that the caller learns of every broken one at once.
 *
 * @throws ValidationError with the messages of all broken invariants; IncorrectUsageError for an invariant that returns a
 *   promise; any other error as it is.
 */
export function checkInvariants(target: object, moment: InvariantMoment, parts: Iterable<Part> = []): void {
  const broken = brokenInvariants(target, moment);
  for (const { part, path } of parts) broken.push(...brokenInvariants(part, moment).map((error) => below(path, error)));
  if (broken.length > 0) throw broken.length === 1 ? broken[0] : merged(broken);
}

function brokenInvariants(target: object, moment: InvariantMoment): ValidationError[] {
  const methods = invariantsOf(target.constructor as Class)[moment];
  return methods.length === 0
    ? []
    : methods.flatMap((method) => brokenBy(target as Record<string | symbol, () => unknown>, method));
}

function brokenBy(target: Record<string | symbol, () => unknown>, method: string | symbol): ValidationError[] {
  let returned: unknown;
  try {
    returned = target[method]?.();
  } catch (error) {
    if (error instanceof ValidationError) return [error];
    throw error;
  }
  if (!isPromise(returned)) return [];
  const source = `${target.constructor.name}.${String(method)}`;
  throw promiseRefusal(returned, source, "an invariant throws at once, and nothing waits for it");
}

function below(path: string, { messages }: ValidationError): ValidationError {
  const entries = Object.entries(messages).map(([field, texts]) => {
    return [field === WHOLE_OBJECT ? path : `${path}.${field}`, texts] as const;
  });
  return new ValidationError(Object.fromEntries(entries));
}

function merged(errors: readonly ValidationError[]): ValidationError {
  const messages = new Map<string, string[]>();
  for (const error of errors) {
    for (const [field, texts] of Object.entries(error.messages))
      messages.set(field, [...(messages.get(field) ?? []), ...texts]);
  }
  return new ValidationError(Object.fromEntries(messages));
}

function invariantsOf(target: Class): Readonly<Record<InvariantMoment, readonly (string | symbol)[]>> {
  let methods = known.get(target);
  if (methods === undefined) {
    const marks = methodMarks(target);
    const of = (moment: InvariantMoment) =>
      marks.filter(({ kind }) => kind === `invariant.${moment}`).map(({ method }) => method);
    methods = { pre: of("pre"), post: of("post") };
    known.set(target, methods);
  }
  return methods;
}
