import { entityField, valueObjectField } from "../elements/embedded-fields";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import { type ElementMark, markElement } from "../metadata/element-mark";
import { type ElementDecorators, type ElementKind, KINDS, rulesOf } from "./element-kinds";

const markers = elementDecorators("@", markElement);

export const {
  /** Marks a class as an aggregate, for `domain.register`. */
  aggregate,
  /** Marks a class as an event, for `domain.register`. */
  event,
  /** Marks a class as a command, for `domain.register`. */
  command,
  /** Marks a class as the handler of an aggregate's commands, for `domain.register`. */
  commandHandler,
  /** Marks a class as logic that concerns several aggregates, for `domain.register`. */
  domainService,
  /** Marks a class as use cases of an aggregate, for `domain.register`. */
  applicationService,
  /** Marks a class that migrates an aggregate's snapshots to a later schema version, for `domain.register`. */
  snapshotMigration,
  /** Marks a class that converts the stored data of an event, or the state of a process manager, to a later version, for `domain.register`. */
  upcaster,
  /** Marks a class as a projection, for `domain.register`. */
  projection,
  /** Marks a class that says what events do to the rows of a projection, for `domain.register`. */
  projector,
  /** Marks a class whose methods return statements for tables of the application's own, for `domain.register`. */
  sqlProjector,
  /** Marks a class as a query, for `domain.register`. */
  query,
  /** Marks a class that answers queries, for `domain.register`. */
  queryHandler,
  /** Marks a class whose methods are called after events were stored, for `domain.register`. */
  eventHandler,
  /** Marks a class as a process manager, for `domain.register`. */
  processManager,
} = markers;

/**
 * `@entity({ partOf: "Account" })` above a class marks it as an entity, for `domain.register`. `entity(Signatory)` makes a field
 * that holds one; see also `hasOne` and `hasMany`.
 */
export const entity = decoratorOrField(markers.entity, entityField);

/**
 * `@valueObject({…})` above a class marks it as a value object, for `domain.register`. `valueObject(Money)` makes a field that
 * holds one: input may be an instance, or the values to make one of.
 *
 * ```ts
 * class Account extends Aggregate({ balance: valueObject(Money), limit: valueObject(Money).optional() }) { … }
 * ```
 */
export const valueObject = decoratorOrField(markers.valueObject, valueObjectField);

/** Stores the options of a decorator with its class, or registers the class with them. */
type Declare = (type: Class, mark: ElementMark & { readonly kind: ElementKind }) => void;

/**
 * Makes a decorator for each kind of element.
 * @param prefix of the decorators as they are written: `@` or `@domain.`.
 */
export function elementDecorators(prefix: "@" | "@domain.", declare: Declare): ElementDecorators {
  const decorators = KINDS.map((kind) => [
    kind,
    (options: unknown) => {
      if (options !== undefined || !rulesOf(kind).isOptional) checkParentheses(`${prefix}${kind}`, kind, options);
      return (type: Class, context?: unknown) => {
        const isStandard = typeof context === "object" && context !== null;
        const { stackTraceLimit } = Error;
        Error.stackTraceLimit = FRAMES;
        const site = new Error();
        Error.stackTraceLimit = stackTraceLimit;
        declare(type, { kind, options: { ...options }, site, ...(isStandard && { isStandard }) });
      };
    },
  ]);
  return Object.fromEntries(decorators) as ElementDecorators;
}

/**
 * How much of the stack a decorator keeps: enough to get past the helpers of compilers, which stand between it and the class, and no
 * more, because a large domain has thousands of decorators.
 */
const FRAMES = 6;

/**
 * Without parentheses, a decorator gets the class in place of its options.
 * @throws IncorrectUsageError for anything but options.
 */
function checkParentheses(decorator: string, kind: ElementKind, options: unknown): asserts options is object {
  if (typeof options === "object" && options !== null) return;
  const above = typeof options === "function" ? ` above class ${options.name}` : "";
  throw new IncorrectUsageError(
    `${decorator}${above} needs its options in parentheses, such as ${decorator}(${rulesOf(kind).example})`,
  );
}

/** Combines a class decorator and a function that makes a field. A class as the only argument asks for the field. */
function decoratorOrField<Decorator extends (options: any) => unknown, Field extends (type: any) => unknown>(
  decorator: Decorator,
  field: Field,
): Decorator & Field {
  const either = (...args: readonly [given?: any, context?: unknown]) => {
    const [given, context] = args;
    // In a circle of imports a class is still undefined, which differs from `@entity()` by being an argument.
    const isClass = typeof given === "function" || (given === undefined && args.length > 0);
    return isClass && context === undefined ? field(given) : decorator(given);
  };
  return either as Decorator & Field;
}
