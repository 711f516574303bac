import { ELEMENT_KINDS } from "../decorators/element-kinds";
import { EntityRoot } from "../elements/entity";
import type { Class } from "../metadata/class-types";
import type { DeclaredElement, DeclaredElements } from "./declared-elements";
import { checkMethods } from "./decorated-methods";
import type { Report } from "./domain-problem";
import { checkClassFields, checkDefaults, shapeOf } from "./field-rules";

/** Checks the entities and value objects of a domain: those that are registered, and those that shapes refer to. */
export function checkEmbeddedElements(elements: DeclaredElements, report: Report): void {
  const registered = new Set<Class>([...elements.of("entity"), ...elements.of("valueObject")].map(({ type }) => type));
  const used = classesWithin(elements.all);
  for (const type of used)
    if (!registered.has(type)) checkMethods(type, isEntity(type) ? "entity" : "valueObject", report);
  for (const type of new Set([...registered, ...used])) {
    if (shapeOf(type) === undefined) continue;
    checkClassFields(type, ELEMENT_KINDS[isEntity(type) ? "entity" : "valueObject"].root.written, report);
  }
  for (const type of classesWithin([...elements.of("aggregate"), ...elements.of("projection")])) {
    const shape = shapeOf(type);
    if (shape === undefined) continue;
    // The default of an id is a fresh one, which no fold may use.
    const keys = shape.keys.filter((key) => key !== "id");
    checkDefaults(type, shape, keys, report);
  }
}

/** Returns the classes that the shapes of some elements embed, at any depth. */
function classesWithin(elements: readonly Pick<DeclaredElement, "type">[]): ReadonlySet<Class> {
  const shapes = elements.flatMap(({ type }) => shapeOf(type) ?? []);
  return new Set(shapes.flatMap(({ embeddedTypes }) => embeddedTypes).map(({ type }) => type));
}

function isEntity(type: Class): boolean {
  return type.prototype instanceof EntityRoot;
}
