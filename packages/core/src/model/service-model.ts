import type { Class, Resolvable } from "../metadata/class-types";
import type { DeclaredElements } from "./declared-elements";
import { marksOf } from "./decorated-methods";

/** A registered domain service or application service. */
export interface ServiceModel {
  readonly type: Resolvable;
  /** Its methods that run in a unit of work of their own: those of an application service. */
  readonly useCases: ReadonlySet<string | symbol>;
}

/** Prepares every service. */
export function serviceModels(elements: DeclaredElements): ReadonlyMap<Class, ServiceModel> {
  const services = [...elements.sound("domainService"), ...elements.sound("applicationService")];
  return new Map(
    services.map(({ type }) => [
      type,
      { type, useCases: new Set(marksOf(type, "useCase").map(({ method }) => method)) },
    ]),
  );
}
