import { didYouMean } from "../config/nearest";
import type { Class } from "../metadata/class-types";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";

/** The name by which an aggregate is known: its option `name`, else its class's name. */
export function elementName({ type, options }: Registration): string {
  return typeof options.name === "string" ? options.name : type.name;
}

/** The registered aggregate class that `partOf` names; undefined, with the fault told, where there is none. */
export function ownerOf(element: Registration, registry: Registry, refuse: Refuse): Class | undefined {
  const { partOf } = element.options;
  if (partOf === undefined) return undefined;
  const owners = registry
    .of("aggregate")
    .filter((aggregate) => partOf === aggregate.type || partOf === elementName(aggregate));
  if (owners.length > 0) return owners[0]?.type;
  const asked = typeof partOf === "function" ? (partOf as Class).name : JSON.stringify(partOf);
  const hint = didYouMean(typeof partOf === "string" ? partOf : "", registry.of("aggregate").map(elementName));
  refuse(`${element.type.name} is part of ${asked}, which is not a registered aggregate${hint}`);
  return undefined;
}
