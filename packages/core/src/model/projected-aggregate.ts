import type { Class } from "../metadata/class-types";
import { didYouMean } from "../wording/did-you-mean";
import type { AggregateModel } from "./aggregate-model";
import { isOpen } from "./aggregate-storage";
import type { SoundElement } from "./declared-elements";
import type { Report } from "./domain-problem";
import type { ProjectedAggregate } from "./projection-model";

/**
 * Finds the aggregate whose states a projection keeps. Reports options that disagree with its class.
 * @returns undefined for a projection with methods of its own.
 */
export function projectedAggregate(
  { type, options: { of, only } }: SoundElement<"projection">,
  aggregates: ReadonlyMap<Class, AggregateModel>,
  report: Report,
): ProjectedAggregate | undefined {
  const { name } = type;
  const { aggregate } = type as { readonly aggregate?: Class };
  if (aggregate === undefined) {
    for (const [option, value] of Object.entries({ of, only }))
      if (value !== undefined) report(`${name} has the option "${option}" but does not extend ProjectionOf(…)`, name);
    return undefined;
  }
  const model = aggregates.get(aggregate);
  if (model === undefined) {
    report(`${name} extends ProjectionOf(${aggregate.name}), which is not a registered aggregate`, name);
    return undefined;
  }
  if (isOpen(model.storage)) {
    const fault = `whose events cannot rebuild its state; query its table with repository.where(…), or write a projection with @on methods`;
    report(`${name} extends ProjectionOf(${aggregate.name}), ${fault}`, name);
  }
  const isOther = [...aggregates.values()].some((other) => of === other.type || of === other.name);
  if (of !== undefined && isOther && of !== aggregate && of !== model.name) {
    const written = typeof of === "string" ? JSON.stringify(of) : of.name;
    report(`${name} extends ProjectionOf(${aggregate.name}), but its option "of" is ${written}`, name);
  }
  const { keys, entityKeys } = model.shape;
  for (const field of only ?? [])
    if (!keys.includes(field))
      report(`${name} keeps only "${field}", which ${model.name} has no field for${didYouMean(field, keys)}`, name);
  const kept = only?.filter((field) => keys.includes(field)) ?? keys;
  const entities = kept.find((field) => entityKeys.includes(field));
  if (entities !== undefined)
    report(
      `${name} would keep the entities in "${entities}" of ${model.name}, which no row can hold; leave the field out with only: […]`,
      name,
    );
  return { model, only: kept };
}
