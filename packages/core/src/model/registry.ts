import { type ElementKind, isElementKind } from "../decorators/element-kinds";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import { elementMarks } from "../metadata/element-mark";

/** What a class was declared as, and the options of its decorator as they were written. */
export interface Declaration {
  readonly kind: ElementKind;
  readonly options: Readonly<Record<string, unknown>>;
  /** Its stack tells where the class was declared. */
  readonly site?: { readonly stack?: string };
  /** True for a standard decorator, as in `ElementMark`. */
  readonly isStandard?: boolean;
}

/** A registered class with its declaration. */
export interface Registration extends Declaration {
  readonly type: Class;
}

/** A function that `domain.on` was given. */
export interface FunctionHandler {
  /** The class of its events, or `anyEvent`. */
  readonly event: Class;
  /** As they were written; `domain.init()` checks them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly call: (event: object, context: object) => unknown;
}

/** Returns the name that an element is known by: its option `name`, otherwise the name of its class. */
export function elementName({ type, options }: Registration): string {
  return typeof options.name === "string" ? options.name : type.name;
}

/** Collects the classes of one domain in the order of their registration. Nothing is checked before `domain.init()`. */
export class Registry {
  readonly #registrations = new Map<Class, Registration>();
  readonly #faults: string[] = [];
  readonly #functions: FunctionHandler[] = [];

  /** Adds a class. A second declaration that differs from the first is a fault. */
  add(type: Class, declaration: Declaration): void {
    const { kind, options } = declaration;
    const known = this.#registrations.get(type);
    if (known === undefined) this.#registrations.set(type, { type, ...declaration });
    else if (known.kind !== kind)
      this.#faults.push(`${type.name} is registered twice, as ${known.kind} and as ${kind}`);
    else if (known.options !== options) this.#faults.push(`${type.name} is registered twice, with other options`);
  }

  /**
   * Adds a class by the marks of its decorators.
   * @throws IncorrectUsageError for anything but a decorated class.
   */
  addMarked(type: Class): void {
    if (typeof type !== "function")
      throw new IncorrectUsageError(`Cannot register ${String(type)}: expected a decorated class`);
    const marks = elementMarks(type);
    if (marks.length === 0) {
      throw new IncorrectUsageError(
        `Cannot register ${type.name}: it has no class decorator, such as @aggregate or @event`,
      );
    }
    for (const { kind, ...mark } of marks) {
      if (isElementKind(kind)) this.add(type, { kind, ...mark });
      else
        this.#faults.push(`${type.name} is declared as ${kind} by another version of @tidemark/core: install only one`);
    }
  }

  /** Adds a function that handles events. */
  addFunction(handler: FunctionHandler): void {
    this.#functions.push(handler);
  }

  /** The functions that handle events, in the order of their registration. */
  get functions(): readonly FunctionHandler[] {
    return this.#functions;
  }

  /** Returns the registered classes of one kind, in the order of their registration. */
  of(kind: ElementKind): readonly Registration[] {
    return this.all.filter((registration) => registration.kind === kind);
  }

  /** Returns the options of a registered class, as they were written. */
  optionsOf(type: Class): Registration["options"] | undefined {
    return this.#registrations.get(type)?.options;
  }

  get all(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  /** What was wrong already when classes were added. */
  get faults(): readonly string[] {
    return this.#faults;
  }
}
