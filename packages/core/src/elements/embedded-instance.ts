import { ValidationError } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import { isCopyable } from "../schema/copying";
import { addComplaints, type Embedded, type ParseStep, type Payload, parsePart } from "../schema/embedded";
import type { Shape } from "../schema/shape";

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
  const schema = shape.schema;

  const inspect: ParseStep = (payload) => {
    const { value } = payload;
    if (!isOf(value, type)) return refuse(payload, `Invalid input: expected ${name}, received ${described(value)}`);
    const complaints = shape.complaints(value as object);
    return complaints === undefined ? payload : addComplaints(payload, complaints);
  };

  const accept: ParseStep = (payload, context) => {
    const { value } = payload;
    if (typeof value !== "object" || value === null || isCopyable(value)) return inspect(payload, context);
    steps.prepare?.(value);
    const parsed = parsePart(payload, { value }, (part) => schema._zod.run(part, context));
    if (parsed.issues.length > 0) return payload;
    try {
      payload.value = steps.make(parsed.value as object);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      addComplaints(payload, error.messages);
    }
    return payload;
  };

  return {
    kind,
    type: type as Class,
    schema,
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

export function refuse(payload: Payload, message: string): Payload {
  payload.issues.push({ code: "custom", message, path: [], input: payload.value });
  return payload;
}

export function described(value: unknown): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  if (Array.isArray(value)) return "array";
  const { name } = (value.constructor ?? Object) as { readonly name?: unknown };
  return typeof name === "string" && name !== "" && name !== "Object" ? name : "object";
}
