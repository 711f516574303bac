import type { Class } from "../metadata/class-types";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";

/** The name by which an aggregate is known: its option `name`, else its class's name. */
export function elementName({ type, options }: Registration): string {
  return typeof options.name === "string" ? options.name : type.name;
}

/** The registered aggregate class that an option names; undefined, with the fault told, where there is none. */
export function ownerOf(
  element: Registration,
  registry: Registry,
  refuse: Refuse,
  option: "partOf" | "aggregate" = "partOf",
): Class | undefined {
  const { [option]: partOf } = element.options;
  if (partOf === undefined) return undefined;
  const owners = registry
    .of("aggregate")
    .filter((aggregate) => partOf === aggregate.type || partOf === elementName(aggregate));
  if (owners.length > 0) return owners[0]?.type;
  const asked = typeof partOf === "function" ? (partOf as Class).name : JSON.stringify(partOf);
  const relation = option === "partOf" ? "is part of" : "migrates";
  refuse(`${element.type.name} ${relation} ${asked}, which is not a registered aggregate`);
  return undefined;
}
