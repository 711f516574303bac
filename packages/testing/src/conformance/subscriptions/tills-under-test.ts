import {
  Aggregate,
  apply,
  Command,
  type ConfigInput,
  DomainEvent,
  type EventContext,
  type EventHandlerOptions,
  handle,
  identifier,
  on,
  Projection,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

interface TillsOptions {
  readonly config?: ConfigInput;
  /** Methods of the store to look at or to make fail. */
  readonly store?: ReplacedMethods;
  /** Called by the projection for each payment, before anything else. */
  readonly onTaking?: (cents: number) => void;
  /** Functions that are called for payments, by the names of their subscriptions. */
  readonly handlers?: Readonly<Record<string, TillHandler>>;
}

/** What is done about a payment. */
interface TillHandler extends Omit<EventHandlerOptions, "batch" | "name" | "sequentialBy"> {
  readonly sequentialBy?: "all" | "tillId";
  readonly call: (cents: number, context: EventContext) => unknown;
}

/** A domain of tills on the store under test, with a projection of their takings; as new classes each time, and without a server. */
export function openTills(
  adapter: EventStoreAdapter,
  { config = {}, store, onTaking, handlers = {} }: TillsOptions = {},
) {
  const errors: string[] = [];
  const stopped = new Gate();
  const error = (message: string) => {
    errors.push(message);
    stopped.open();
  };
  const logger = { warn: () => undefined, error };
  const domain = domainOn(adapter, { name: "shop", config: { server: { embedded: false }, ...config }, store, logger });

  @domain.event({ partOf: "Till", version: 2 })
  class Paid extends DomainEvent({ tillId: identifier(), cents: z.number() }) {}
  @domain.upcaster({ event: Paid, from: 1, to: 2 })
  class PaidInCents {
    upcast({ euros, ...data }: Record<string, unknown>): Record<string, unknown> {
      return { ...data, cents: Number(euros) * 100 };
    }
  }
  void PaidInCents;
  @domain.event({ partOf: "Till" })
  class Checked extends DomainEvent({ tillId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ cents: z.number().default(0) }) {
    pay(...amounts: readonly number[]): this {
      for (const cents of amounts) this.raise(new Paid({ tillId: this.id, cents }));
      return this;
    }
    check(): this {
      this.raise(new Checked({ tillId: this.id }));
      return this;
    }
    @apply(Paid)
    paid({ cents }: Paid): void {
      this.cents += cents;
    }
    @apply(Checked)
    checked(_: Checked): void {
      this.cents += 0;
    }
  }
  /** Nothing reads its events but what takes all. */
  @domain.event({ partOf: "Shelf" })
  class Filled extends DomainEvent({ shelfId: identifier() }) {}
  @domain.aggregate({ eventSourced: true })
  class Shelf extends Aggregate({ count: z.number().default(0) }) {
    static fill(id: string): Shelf {
      const shelf = Shelf.createNew({ id });
      shelf.raise(new Filled({ shelfId: id }));
      return shelf;
    }
    @apply(Filled)
    filled(_: Filled): void {
      this.count++;
    }
  }

  @domain.command({ partOf: Till })
  class Pay extends Command({ tillId: identifier(), cents: z.number() }, { returns: z.number() }) {}
  /** Raises no event. */
  @domain.command({ partOf: Till })
  class Look extends Command({ tillId: identifier() }) {}
  @domain.commandHandler({ partOf: Till })
  class TillCommands {
    @handle(Pay)
    async pay({ tillId, cents }: Pay): Promise<number> {
      await payments(tillId, cents);
      return cents;
    }
    @handle(Look)
    async look({ tillId }: Look): Promise<void> {
      await tills().find(tillId);
    }
  }
  void TillCommands;

  @domain.projection({})
  class Takings extends Projection({
    tillId: identifier(),
    cents: z.number().default(0),
    payments: z.int().default(0),
  }) {
    @on(Paid, { creates: true })
    paid({ cents }: Paid): void {
      onTaking?.(cents);
      this.cents += cents;
      this.payments++;
    }
  }

  for (const [name, { call, ...options }] of Object.entries(handlers))
    domain.on<typeof Paid>(Paid, { name, startFrom: "beginning", ...options }, ({ cents }, context) =>
      call(cents, context),
    );

  const tills = () => domain.repositoryFor(Till);
  const payments = async (tillId: string, ...amounts: readonly number[]): Promise<void> => {
    const till = (await tills().find(tillId)) ?? Till.createNew({ id: tillId });
    await tills().add(till.pay(...amounts));
  };
  const open = async () => {
    await domain.init();
    return domain;
  };
  const statusOf = async (name: string) => (await domain.subscriptions()).find((one) => one.name === name)!;
  const takings = async () => (await domain.viewOf(Takings).all()).map((row) => ({ ...row }));
  return {
    domain,
    open,
    errors,
    stopped,
    ...{ Till, Shelf, Takings, Paid, Checked, Pay, Look },
    payments,
    tills,
    statusOf,
    takings,
  };
}

/** The same, initialised. */
export async function runTills(adapter: EventStoreAdapter, options: TillsOptions = {}) {
  const tills = openTills(adapter, options);
  await tills.open();
  return tills;
}

/** A promise, and what settles it. */
export class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}
