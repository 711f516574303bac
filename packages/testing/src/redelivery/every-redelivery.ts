import { AssertionError } from "node:assert";

import { type Domain, type DomainEventRoot, IncorrectUsageError, type ProjectionClass } from "@tidemark/core";
import { isolatedDomain, type ProjectionReplay } from "@tidemark/core/testing";

import { differences, inLines } from "../given/differences";
import { domainOf } from "../given/domain-of";
import { seedAll } from "../given/seed-all";
import { type Delivery, deliveriesInWords, randomDeliveries } from "./deliveries";
import { SeededNumbers } from "./seeded-numbers";
import { atAnotherTime } from "./shifted-clock";

/** How `everyRedelivery` tries a projection. */
export interface RedeliveryOptions {
  /** What the batch sizes follow from; a failure names it. Another one each time where absent. */
  readonly seed?: number;
  /** How many times each prefix of the events is tried. Default 2. */
  readonly runs?: number;
  /** The domain, for a projection that several have registered. */
  readonly domain?: Domain;
}

const RUNS = 2;

/**
 * Folds every prefix of some events twice, each time at other batch sizes, with batches that are handed over again and servers that
 * start again in between, and demands that both tables are equal. It finds methods that look at clocks, at random numbers or at state
 * outside of their row.
 *
 * @param events as they happened, on whatever aggregates: to those that their first `identifier()` fields name.
 * @throws AssertionError with the first row that differs; SubscriptionStoppedError for an event that a method fails on.
 */
export async function everyRedelivery(
  projection: ProjectionClass,
  events: readonly DomainEventRoot[],
  { seed = Math.floor(Math.random() * 2 ** 32), runs = RUNS, domain }: RedeliveryOptions = {},
): Promise<void> {
  if (!Array.isArray(events) || events.length === 0)
    throw new IncorrectUsageError(`everyRedelivery(${projection.name}, …) takes an array of events, at least one`);
  const isolated = isolatedDomain(domain ?? domainOf(projection, "everyRedelivery(…, …, { domain })"));
  await seedAll(isolated, { events, id: undefined });
  const replay = await isolated.replayFor(projection);
  if (replay.events.length === 0)
    throw new IncorrectUsageError(`None of the ${events.length} events is one that ${projection.name} folds`);
  const random = new SeededNumbers(seed);
  for (let count = 1; count <= replay.events.length; count++) {
    for (let run = 0; run < runs; run++) {
      const [first, second] = [randomDeliveries(count, random), randomDeliveries(count, random)];
      const once = rowsAfter(first, replay);
      const again = atAnotherTime(random, () => rowsAfter(second, replay));
      const prefix = replay.events[count - 1]!.globalPosition;
      refuseDifference({ projection, once, again, first, second, prefix, events, seed });
    }
  }
}

function rowsAfter(deliveries: readonly Delivery[], replay: ProjectionReplay): ReadonlyMap<string, object> {
  const table = replay.table();
  for (const { from, to, isLost, isLast } of deliveries) {
    table.consume(from, to, isLost);
    if (isLast) table.restart();
  }
  return table.rows();
}

interface Comparison {
  readonly projection: ProjectionClass;
  readonly once: ReadonlyMap<string, object>;
  readonly again: ReadonlyMap<string, object>;
  readonly first: readonly Delivery[];
  readonly second: readonly Delivery[];
  /** How many of the given events were folded. */
  readonly prefix: number;
  readonly events: readonly object[];
  readonly seed: number;
}

function refuseDifference({ projection, once, again, first, second, prefix, events, seed }: Comparison): void {
  for (const key of new Set([...once.keys(), ...again.keys()])) {
    const [expected, actual] = [once.get(key), again.get(key)];
    const found = differences(expected, actual);
    if (found.length === 0) continue;
    const last = events[prefix - 1]!.constructor.name;
    throw new AssertionError({
      message:
        `Row ${JSON.stringify(key)} of ${projection.name} follows from more than its events. Two folds of the first ${prefix} of ` +
        `${events.length} events, up to ${last}, gave\n${inLines(found, ["first", "then"])}\n` +
        `  first ${deliveriesInWords(first)}\n  then ${deliveriesInWords(second)}\n` +
        "A method of a projection is repeated after failures and by rebuilds: it may look at its row, the event and the context alone, " +
        `not at a clock, random numbers or anything kept elsewhere. Repeat this with { seed: ${seed} }`,
      actual,
      expected,
      stackStartFn: everyRedelivery,
    });
  }
}
