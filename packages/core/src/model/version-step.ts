import type { Class, Constructor } from "../metadata/class-types";
import type { DomainProblemCode } from "./domain-problem";
import type { Refuse } from "./refuse";
import type { Registration } from "./registry";

/** A registered class that leads from one version of something to a later one, with an instance of it. */
export interface VersionStep<T> {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly instance: T;
}

/** How faults speak of the class. */
export interface VersionStepWords {
  readonly method: string;
  /** What the method takes: `state`. */
  readonly parameter: string;
  /** `migrates from schema version`, before the numbers. */
  readonly leads: string;
  /** `a migration` */
  readonly noun: string;
  /** Why the method cannot be async. */
  readonly noWait: string;
  /** The problem with one that leads nowhere. */
  readonly unreachable: DomainProblemCode;
}

/** Undefined, with the fault told, for one that could never run. */
export function versionStep<T>(
  { type, options }: Registration,
  { method, parameter, leads, noun, noWait, unreachable }: VersionStepWords,
  refuse: Refuse,
): VersionStep<T> | undefined {
  const { from, to } = options;
  if (!isWhole(from) || !isWhole(to)) return undefined;
  const body: unknown = (type.prototype as Record<string, unknown>)[method];
  const fault =
    (typeof body !== "function" && `has no method ${method}(${parameter})`) ||
    (body?.constructor.name === "AsyncFunction" && `has an async ${method}(): ${noWait}`);
  if (fault) {
    refuse(`${type.name} ${fault}`, { element: type.name });
    return undefined;
  }
  if (to <= from) {
    const circle = `${type.name} ${leads} ${from} to ${to}: ${noun} leads to a later version`;
    refuse(circle, { code: unreachable, element: type.name });
    return undefined;
  }
  const instance = instanceOf<T>(type, refuse);
  return instance && { from, to, name: type.name, instance };
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function instanceOf<T>(type: Class, refuse: Refuse): T | undefined {
  try {
    return new (type as Constructor)() as T;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    refuse(`${type.name} cannot be constructed without arguments: ${reason}`, { element: type.name });
    return undefined;
  }
}
