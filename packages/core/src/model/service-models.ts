import type { Class, Resolvable } from "../metadata/class-types";
import { methodMarks } from "../metadata/method-mark";
import { ownerOf } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";
import type { ServiceModel } from "./service-model";

/** Prepares every registered service, and tells what is wrong with them. */
export function serviceModels(registry: Registry, refuse: Refuse): ReadonlyMap<Class, ServiceModel> {
  const models = new Map<Class, ServiceModel>();
  for (const service of [...registry.of("domainService"), ...registry.of("applicationService")]) {
    checkOwners(service, registry, refuse);
    models.set(service.type, { type: service.type as Resolvable, useCases: useCasesOf(service, refuse) });
  }
  return models;
}

function checkOwners(service: Registration, registry: Registry, refuse: Refuse): void {
  const { partOf } = service.options;
  for (const owner of Array.isArray(partOf) ? partOf : [partOf]) {
    ownerOf({ ...service, options: { partOf: owner } }, registry, refuse);
  }
}

function useCasesOf({ type, kind: service }: Registration, refuse: Refuse): ReadonlySet<string | symbol> {
  const useCases = new Set<string | symbol>();
  const marks = methodMarks(type);
  const element = type.name;
  for (const { kind, method, fault } of marks) {
    const place = `@${kind} on ${element}.${String(method)}`;
    if (fault !== undefined) refuse(`${place} ${fault}`, { element });
    else if (kind !== "useCase") refuse(`${place}: it does not belong on a method of a service`, { element });
    else if (service === "domainService")
      refuse(
        `${place}: a domain service runs in the unit of work of its caller; use cases are an application service's`,
        { element },
      );
    else useCases.add(method);
  }
  if (service === "applicationService" && marks.length === 0) refuse(`${element} has no @useCase method`, { element });
  return useCases;
}
