import type { Domain } from "@tidemark/core";

import { chooseAggregate, chooseAggregates } from "../domain/aggregate-selection";
import { CommandError } from "../io/command-error";

type AggregateClass = ReturnType<typeof chooseAggregate>;

/** Returns the class with this name, whose aggregates can have snapshots. @throws CommandError for one whose loads read rows, and as `chooseAggregate`. */
export function chooseSnapshotAggregate(domain: Domain, name: string): AggregateClass {
  const aggregate = chooseAggregate(domain, name);
  const reason = reasonWithoutSnapshots(domain, aggregate);
  if (reason === undefined) return aggregate;
  throw new CommandError(`${name} has no snapshots: ${reason}`);
}

/** Returns the class with this name under its name; without a name, all classes whose aggregates can have snapshots. */
export function chooseSnapshotAggregates(
  domain: Domain,
  name: string | undefined,
): ReadonlyMap<string, AggregateClass> {
  if (name !== undefined) return new Map([[name, chooseSnapshotAggregate(domain, name)]]);
  const all = [...chooseAggregates(domain, undefined)];
  return new Map(all.filter(([, aggregate]) => reasonWithoutSnapshots(domain, aggregate) === undefined));
}

/** Says why aggregates of a class have no snapshots; undefined where they can have some. */
export function reasonWithoutSnapshots(domain: Domain, aggregate: AggregateClass): string | undefined {
  const { stored, truth } = domain.storageOf(aggregate);
  if (truth === "events") return undefined;
  return stored === "both"
    ? "its state is the truth, which its loads read, and its events cannot rebuild it"
    : "it is stored as its state, which its loads read";
}
