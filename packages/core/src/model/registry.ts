import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import { type ElementKind, type ElementMark, elementMarks } from "../metadata/element-mark";

/** A class that was registered, with what its decorator says. */
export interface Registration {
  readonly type: Class;
  readonly kind: ElementKind;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Collects the classes of one domain in the order of their registration. Nothing is checked before `domain.init()`. */
export class Registry {
  readonly #registrations = new Map<Class, Registration>();
  readonly #faults: string[] = [];

  /** Takes a class with what its decorator says of it just now. */
  add(type: Class, mark: ElementMark): void {
    const known = this.#registrations.get(type);
    if (known !== undefined && (known.kind !== mark.kind || known.options !== mark.options)) {
      const difference = known.kind === mark.kind ? "with other options" : `as ${known.kind} and as ${mark.kind}`;
      this.#faults.push(`${type.name} is registered twice, ${difference}`);
    }
    if (known === undefined) this.#registrations.set(type, { type, ...mark });
  }

  /** Takes a class that a decorator without domain has marked. */
  addMarked(type: Class): void {
    if (typeof type !== "function")
      throw new IncorrectUsageError(`Cannot register ${String(type)}: expected a decorated class`);
    const marks = elementMarks(type);
    if (marks.length === 0) {
      throw new IncorrectUsageError(
        `Cannot register ${type.name}: it has no class decorator, such as @aggregate or @event`,
      );
    }
    for (const mark of marks) this.add(type, mark);
  }

  of(kind: ElementKind): readonly Registration[] {
    return [...this.#registrations.values()].filter((registration) => registration.kind === kind);
  }

  /** What the decorator of a registered class says. */
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
