import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Command,
  type CommandContext,
  Domain,
  DomainError,
  DomainEvent,
  type DomainOptions,
  handle,
  identifier,
  MemoryEventStore,
  type RecordedEvent,
} from "../../../src/index";

export class TillClosedError extends DomainError {
  constructor(till: string) {
    super(`Till ${till} is closed`, { code: "TILL_CLOSED", details: { till } });
  }
}

/** A shop whose till takes payments later. Tests can look into its handler, wait in it and make it fail. */
export async function openShop(
  { config, ...options }: DomainOptions = {},
  configure: (domain: Domain) => void = () => undefined,
) {
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const eventStore = options.eventStore ?? new MemoryEventStore();
  const domain = new Domain("shop", {
    root: tmpdir(),
    logger: { warn: log, error: log },
    ...options,
    eventStore,
    config: { server: { embedded: false }, ...config },
  });
  configure(domain);
  const runs: CommandContext[] = [];
  const hooks: { before: (context: CommandContext, till: string) => unknown } = { before: () => undefined };

  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ sum: z.number().default(0) }) {
    @apply(Paid)
    onPaid({ amount }: Paid): void {
      this.sum += amount;
    }
  }

  @domain.command({ partOf: Till })
  class Pay extends Command(
    { tillId: identifier(), amount: z.number() },
    { returns: z.object({ at: z.date(), sum: z.bigint() }) },
  ) {}

  /** Runs later unless its caller says otherwise. Adds nothing. */
  @domain.command({ partOf: Till })
  class Ask extends Command({ answer: z.any() }, { asynchronous: true }) {}

  @domain.commandHandler({ partOf: Till })
  class _TillHandler {
    @handle(Pay)
    async pay({ tillId, amount }: Pay, context: CommandContext): Promise<{ at: Date; sum: bigint }> {
      runs.push(context);
      await hooks.before(context, tillId);
      const tills = domain.repositoryFor(Till);
      const till = (await tills.find(tillId)) ?? Till.createNew({ id: tillId });
      till.raise(new Paid({ amount }));
      await tills.add(till);
      return { at: new Date(0), sum: BigInt(till.sum) };
    }

    @handle(Ask)
    async ask({ answer }: Ask, context: CommandContext): Promise<unknown> {
      runs.push(context);
      await hooks.before(context, "");
      return answer;
    }
  }

  await domain.init();
  const events = async (): Promise<RecordedEvent[]> => {
    const all: RecordedEvent[] = [];
    for await (const event of domain.eventStore.readAll()) all.push(event);
    return all;
  };
  const queue = eventStore.operations!.commandQueue;
  return { domain, eventStore, queue, runs, hooks, logged, events, Till, Pay, Ask, Paid };
}
