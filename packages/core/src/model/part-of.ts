import type { Class } from "../metadata/class-types";
import { didYouMean } from "../wording/did-you-mean";
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
  const { [option]: owner } = element.options;
  if (owner === undefined) return undefined;
  const owners = registry
    .of("aggregate")
    .filter((aggregate) => owner === aggregate.type || owner === elementName(aggregate));
  if (owners.length > 0) return owners[0]?.type;
  const asked = typeof owner === "function" ? (owner as Class).name : JSON.stringify(owner);
  const relation = option === "partOf" ? "is part of" : "migrates";
  const hint = didYouMean(typeof owner === "string" ? owner : "", registry.of("aggregate").map(elementName));
  refuse(`${element.type.name} ${relation} ${asked}, which is not a registered aggregate${hint}`, {
    element: element.type.name,
  });
  return undefined;
}
