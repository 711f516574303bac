import { setTimeout as pause } from "node:timers/promises";

import {
  Aggregate,
  type AggregateOptions,
  apply,
  Command,
  type Domain,
  DomainEvent,
  handle,
  identifier,
  type RecordedEvent,
  ValidationError,
} from "@tidemark/core";
import { type EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

export interface TillOptions {
  /** How tills are stored. */
  readonly storage: AggregateOptions;
  /** Methods in the place of the store's own. */
  readonly store?: ReplacedMethods;
  /** How long a handler waits before it pays. */
  readonly pauseMs?: number;
}

/** A domain of tills on the store under test, as a new one each time: an application that was started again. */
export async function openTill(adapter: EventStoreAdapter, { storage, store = {}, pauseMs = 0 }: TillOptions) {
  const domain = domainOn(adapter, { store });
  const { Till, ...elements } = declareTill(domain, storage, pauseMs);
  await domain.init();
  const sum = async (id: string) => (await domain.repositoryFor(Till).find(id))?.sum;
  return { domain, sum, Till, ...elements };
}

/** What a till's events say, oldest first, by all that reads events. */
export async function events(domain: Domain): Promise<readonly (readonly [string, number])[]> {
  const collected: RecordedEvent[] = [];
  for await (const event of domain.eventStore.readAll()) collected.push(event);
  return collected.map(({ stream, data }) => [stream, data.amount]);
}

function declareTill(domain: Domain, storage: AggregateOptions, pauseMs: number) {
  /** How often the handler ran. */
  const runs = { count: 0 };

  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate(storage)
  class Till extends Aggregate({ sum: z.number().default(0) }) {
    pay(amount: number): void {
      if (this.sum + amount > 100) throw new ValidationError({ amount: ["the till is full"] });
      this.raise(new Paid({ amount }));
    }

    /** Changes the state without an event, which only a till can that is stored as its state. */
    tip(amount: number): void {
      this.sum += amount;
    }

    @apply(Paid)
    onPaid({ amount }: Paid): void {
      this.sum += amount;
    }
  }

  @domain.command({ partOf: Till })
  class Pay extends Command(
    { tillIds: z.array(identifier()), amount: z.number() },
    { returns: z.object({ run: z.number(), at: z.date(), sums: z.array(z.bigint()) }) },
  ) {}

  @domain.command({ partOf: Till })
  class Empty extends Command({ tillId: identifier() }) {}

  @domain.command({ partOf: Till })
  class Tip extends Command({ tillId: identifier(), amount: z.number() }, { returns: z.number() }) {}

  @domain.commandHandler({ partOf: Till })
  class TillHandler {
    @handle(Pay)
    async pay({ tillIds, amount }: Pay): Promise<{ run: number; at: Date; sums: bigint[] }> {
      const run = ++runs.count;
      const sums: bigint[] = [];
      for (const id of tillIds) {
        const till = (await domain.repositoryFor(Till).find(id)) ?? Till.createNew({ id });
        await domain.repositoryFor(Till).add(till);
        if (pauseMs > 0) await pause(pauseMs);
        till.pay(amount);
        sums.push(BigInt(till.sum));
      }
      return { run, at: new Date("2026-02-20T12:00:00.123Z"), sums };
    }

    @handle(Empty)
    empty(_command: Empty): void {}

    @handle(Tip)
    async tip({ tillId, amount }: Tip): Promise<number> {
      runs.count++;
      const till = (await domain.repositoryFor(Till).find(tillId)) ?? Till.createNew({ id: tillId });
      till.tip(amount);
      await domain.repositoryFor(Till).add(till);
      return till.sum;
    }
  }
  void TillHandler;
  return { Till, Pay, Empty, Tip, runs };
}
