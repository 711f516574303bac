import { Aggregate, type AggregateOptions, apply, type ConfigInput, DomainEvent } from "@tidemark/core";
import { type EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

interface ShopOptions {
  readonly config?: ConfigInput;
  /** Whether tills record facts; they do where absent. */
  readonly factEvents?: boolean;
  /** Methods of the store to look at or to make fail. */
  readonly store?: ReplacedMethods;
}

/** A domain of tills on the store under test, as a new one each time: an application that was started again. */
export async function openShop(adapter: EventStoreAdapter, { config, factEvents = true, store }: ShopOptions = {}) {
  const domain = domainOn(adapter, { name: "shop", config, store });

  @domain.event({ partOf: "Till" })
  class Filled extends DomainEvent({ cents: z.bigint(), on: z.date() }) {}

  const options: AggregateOptions = { eventSourced: true, factEvents };

  @domain.aggregate(options)
  class Till extends Aggregate({
    cents: z.bigint().default(0n),
    filledOn: z.array(z.date()).default([]),
    note: z.string().default(""),
  }) {
    static fill(id: string, ...cents: readonly bigint[]): Till {
      return Till.createNew({ id }).fill(...cents);
    }

    fill(...cents: readonly bigint[]): this {
      for (const each of cents) this.raise(new Filled({ cents: each, on: new Date(Number(each)) }));
      return this;
    }

    @apply(Filled)
    onFilled({ cents, on }: Filled): void {
      this.cents += cents;
      this.filledOn.push(on);
    }
  }

  await domain.init();
  return { domain, Till, tills: domain.repositoryFor(Till), facts: () => domain.factsFor(Till) };
}

/** Everything that an async iterable gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
