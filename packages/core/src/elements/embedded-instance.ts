import { ValidationError } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import { isCopyable } from "../schema/copying";
import type { Embedded } from "../schema/embedded-parts";
import type { Shape } from "../schema/shape";
import { complain, complainOfAll, type ParseStep, parsePart, stepOf } from "../schema/zod-tree";

/** A class with a shape, as `ValueObject({…})` and `Entity({…})` return. */
export interface ShapedClass<T extends object = object> {
  new (...values: any[]): T;
  readonly shape: Shape<any>;
  readonly prototype: T;
}

/** What a field for one instance of a class does, but for what makes value objects and entities differ. */
export interface InstanceSteps {
  /** @throws ValidationError for values that have the types of the shape and break another rule. */
  make(values: object): object;
  /** Before the input is looked at. */
  readonly prepare?: (input: unknown) => void;
  readonly decode: (json: object) => object;
}

/** A field that keeps one instance. */
export function embeddedInstance(kind: Embedded["kind"], type: ShapedClass, steps: InstanceSteps): Embedded {
  const { shape, name } = type;
  const parse = stepOf(shape.schema);

  const inspect: ParseStep = (payload) => {
    const { value } = payload;
    if (!isOf(value, type)) return complain(payload, `Invalid input: expected ${name}, received ${described(value)}`);
    const complaints = shape.complaints(value as object);
    return complaints === undefined ? payload : complainOfAll(payload, complaints);
  };

  const accept: ParseStep = (payload, context) => {
    const { value } = payload;
    if (typeof value !== "object" || value === null || isCopyable(value)) return inspect(payload, context);
    steps.prepare?.(value);
    const parsed = parsePart(payload, { value }, (part) => parse(part, context));
    if (parsed.issues.length > 0) return payload;
    try {
      payload.value = steps.make(parsed.value as object);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      complainOfAll(payload, error.messages);
    }
    return payload;
  };

  return {
    kind,
    type: type as Class,
    schema: shape.schema,
    codec: {
      encode: (value) => shape.encode({ ...(value as object) }),
      // What is no object was stored when the field was of another type, and is left to whoever folds it.
      decode: (json) => (typeof json === "object" && json !== null ? steps.decode(json) : json),
    },
    accept,
    inspect,
  };
}

/** Of the class itself: an instance of a subclass would come back from a store without its class. */
function isOf(value: unknown, type: ShapedClass): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === type.prototype;
}

export function described(value: unknown): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  if (Array.isArray(value)) return "array";
  const { name } = (value.constructor ?? Object) as { readonly name?: unknown };
  return typeof name === "string" && name !== "" && name !== "Object" ? name : "object";
}
