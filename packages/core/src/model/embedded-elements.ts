import { EntityRoot, probe } from "../elements/entity";
import { ValueObjectRoot } from "../elements/value-object";
import type { Class, Constructor } from "../metadata/class-types";
import { methodMarks } from "../metadata/method-mark";
import { embeddedParts } from "../schema/embedded-parts";
import type { Shape } from "../schema/shape";
import { clockDefaults } from "./clock-defaults";
import { elementName, ownerOf } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";

type Shaped = Class & { readonly shape?: Shape };

/** Checks the entities and value objects of a domain: those that are registered, and those that shapes refer to. */
export function checkEmbeddedElements(registry: Registry, refuse: Refuse): void {
  const entities = registry.of("entity");
  for (const element of [...entities, ...registry.of("valueObject")]) {
    checkRoot(element, refuse);
    if (!entities.some((entity) => isNamedBy(entity, element.options.partOf))) ownerOf(element, registry, refuse);
  }
  for (const type of embeddedClasses(registry)) {
    checkMethods(type, refuse);
    if (type.prototype instanceof EntityRoot) checkFields(type as never, refuse);
  }
  for (const type of classesBelow(registry.of("aggregate").map((aggregate) => aggregate.type))) {
    const { fields, keys } = type.shape as Shape;
    const declared = keys.filter((key) => key !== "id");
    for (const fault of clockDefaults({ fields, keys: declared }))
      refuse(`${type.name} ${fault}`, { element: type.name });
  }
}

/** An entity may be part of another one, as a value object may. */
function isNamedBy(entity: Registration, partOf: unknown): boolean {
  return partOf === entity.type || partOf === elementName(entity);
}

function checkRoot({ type, kind }: Registration, refuse: Refuse): void {
  const [root, extend, what] =
    kind === "entity"
      ? ([EntityRoot, "Entity({…})", "an entity"] as const)
      : ([ValueObjectRoot, "ValueObject({…})", "a value object"] as const);
  const element = type.name;
  if (!(type.prototype instanceof root))
    refuse(`${element} is declared as ${what} but does not extend ${extend}`, { element });
  else if ((type as Shaped).shape === undefined) refuse(`${element} has no shape: extend ${extend}`, { element });
}

function embeddedClasses(registry: Registry): ReadonlySet<Shaped> {
  const registered = [...registry.of("entity"), ...registry.of("valueObject")].map(({ type }) => type as Shaped);
  const used = classesBelow(registry.all.map(({ type }) => type));
  return new Set([...registered.filter(({ shape }) => shape !== undefined), ...used]);
}

/** What the shapes of some classes embed, at any depth. */
function classesBelow(types: readonly Class[]): ReadonlySet<Shaped> {
  const shapes = types.flatMap((type) => (type as Shaped).shape ?? []);
  return new Set(shapes.flatMap(({ schema }) => embeddedParts(schema)).map(({ type }) => type as Shaped));
}

function checkMethods(type: Class, refuse: Refuse): void {
  const element = type.name;
  for (const { kind, method, fault } of methodMarks(type)) {
    const place = `@${kind} on ${element}.${String(method)}`;
    const isValueObject = type.prototype instanceof ValueObjectRoot;
    if (fault !== undefined) refuse(`${place} ${fault}`, { element });
    else if (kind === "apply") refuse(`${place}: events are folded by the aggregate`, { element });
    else if (kind === "handle") refuse(`${place}: commands are handled by a @commandHandler class`, { element });
    else if (kind === "invariant.pre" && isValueObject)
      refuse(`${place}: a value object never changes, so that nothing comes before a change; write @invariant.post`, {
        element,
      });
  }
}

/** A field that only the class knows would be missing from every event and snapshot. */
function checkFields(type: Constructor<EntityRoot>, refuse: Refuse): void {
  let instance: object;
  try {
    instance = probe(type);
  } catch {
    // A constructor of its own that needs values cannot be looked at without any.
    return;
  }
  for (const key of Object.keys(instance)) {
    refuse(
      `${type.name} has the field "${key}" outside of its shape, where neither event nor snapshot would keep it; declare it in Entity({…})`,
      { element: type.name },
    );
  }
}
