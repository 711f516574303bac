import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Command,
  type CommandContext,
  Domain,
  DomainEvent,
  type DomainOptions,
  handle,
  identifier,
  MemoryEventStore,
  type RecordedEvent,
  ValidationError,
} from "../../src/index";

/** A till whose handler tests can look into, wait in and interrupt. */
export async function openTill(options: DomainOptions = {}) {
  const domain = new Domain("shop", { root: tmpdir(), eventStore: new MemoryEventStore(), ...options });
  const runs: CommandContext[] = [];
  /** Runs in the handler, before it adds the till. */
  const hooks: { before: (context: CommandContext) => unknown } = { before: () => undefined };

  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ sum: z.number().default(0) }) {
    pay(amount: number): void {
      if (amount < 0) throw new ValidationError({ amount: ["must be positive"] });
      this.raise(new Paid({ amount }));
    }

    @apply(Paid)
    onPaid({ amount }: Paid): void {
      this.sum += amount;
    }
  }

  @domain.command({ partOf: Till })
  class Pay extends Command({ tillId: identifier(), amount: z.number() }) {}

  @domain.command({ partOf: Till, idempotencyKey: "requestId" })
  class PayOnce extends Command(
    { tillId: identifier(), amount: z.number(), requestId: z.string().optional() },
    { returns: z.object({ at: z.date(), sum: z.bigint() }) },
  ) {}

  /** Answers with what it is told to, and changes nothing. */
  @domain.command({ partOf: Till })
  class Ask extends Command({ answer: z.any() }) {}

  @domain.commandHandler({ partOf: Till })
  class TillHandler {
    @handle(Pay)
    async pay({ tillId, amount }: Pay, context: CommandContext): Promise<number> {
      runs.push(context);
      const tills = domain.repositoryFor(Till);
      const till = (await tills.find(tillId)) ?? Till.createNew({ id: tillId });
      await hooks.before(context);
      till.pay(amount);
      await tills.add(till);
      return till.sum;
    }

    @handle(PayOnce)
    async payOnce({ tillId, amount }: PayOnce, context: CommandContext): Promise<{ at: Date; sum: bigint }> {
      const sum = await this.pay(new Pay({ tillId, amount }), context);
      return { at: new Date("2026-02-20T12:00:00Z"), sum: BigInt(sum) };
    }

    @handle(Ask)
    ask({ answer }: Ask): unknown {
      return typeof answer === "string" && answer.startsWith("()") ? () => answer : answer;
    }
  }

  await domain.init();
  const tills = domain.repositoryFor(Till);
  return { domain, tills, runs, hooks, Till, Paid, Pay, PayOnce, Ask, TillHandler };
}

export async function all(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const collected: RecordedEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}
