import { setTimeout as pause } from "node:timers/promises";

import {
  Aggregate,
  apply,
  type Clock,
  Command,
  type CommandContext,
  type ConfigInput,
  DomainError,
  DomainEvent,
  handle,
  identifier,
} from "@tidemark/core";
import type { EventStoreAdapter, QueueEntry } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

/** What the domain refuses. */
class TooMuchError extends DomainError {
  constructor(amount: number) {
    super(`${amount} is too much`, { code: "TOO_MUCH", details: { amount } });
  }
}

interface JobsOptions {
  readonly clock?: Clock;
  readonly config?: ConfigInput;
  readonly store?: ReplacedMethods;
  /** Called in the handler, before it adds anything. */
  readonly before?: (pay: { readonly tillId: string; readonly amount: number }, context: CommandContext) => unknown;
}

/** A domain of tills that are paid into later. Beside the order in which its handler ran it keeps nothing of its own. */
export async function runJobs(adapter: EventStoreAdapter, { before, clock, config, store }: JobsOptions = {}) {
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const domain = domainOn(adapter, {
    name: "jobs",
    logger: { warn: note, error: note },
    store,
    ...(clock && { clock }),
    config: { server: { embedded: false }, ...config },
  });
  /** What the handler was called for. */
  const ran: string[] = [];

  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ sum: z.number().default(0) }) {
    @apply(Paid)
    onPaid({ amount }: Paid): void {
      this.sum += amount;
    }
  }

  /** Pays into a till; an amount of 0 adds nothing, one above 100 is refused. */
  @domain.command({ partOf: Till })
  class Pay extends Command(
    { tillId: identifier(), amount: z.number() },
    { returns: z.object({ sum: z.bigint(), at: z.date() }), asynchronous: true },
  ) {}

  @domain.commandHandler({ partOf: Till })
  class _TillHandler {
    @handle(Pay)
    async pay(command: Pay, context: CommandContext): Promise<{ sum: bigint; at: Date }> {
      const { tillId, amount } = command;
      ran.push(`${tillId} ${amount}`);
      await before?.(command, context);
      if (amount > 100) throw new TooMuchError(amount);
      const tills = domain.repositoryFor(Till);
      const till = (await tills.find(tillId)) ?? Till.createNew({ id: tillId });
      if (amount > 0) {
        till.raise(new Paid({ amount }));
        await tills.add(till);
      }
      return { sum: BigInt(till.sum), at: new Date(0) };
    }
  }

  await domain.init();
  const queue = adapter.operations!.commandQueue;
  return {
    domain,
    queue,
    ran,
    logged,
    /** A command to pay into a till. */
    pay: (tillId: string, amount: number) => new Pay({ tillId, amount }),
    /** The amounts that were paid into a till, in order. */
    paid: async (tillId: string): Promise<readonly number[]> => {
      const amounts: number[] = [];
      for await (const { data } of domain.eventStore.read(`jobs::till-${tillId}`))
        amounts.push((data as { readonly amount: number }).amount);
      return amounts;
    },
    /** What lies in the queue. */
    entries: async (): Promise<readonly QueueEntry[]> => await queue.list({ limit: 1_000 }),
  };
}

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(5);
}
