import {
  Aggregate,
  apply,
  type ConfigInput,
  DomainEvent,
  type EventContext,
  type EventHandlerOptions,
  identifier,
  on,
  Projection,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { decorate } from "../decorate";
import { domainOn } from "../domain-under-test";

interface TransfersOptions {
  readonly config?: ConfigInput;
  /** Called for each row that a transfer changes, before anything else. What it throws is the failure of that row. */
  readonly check?: (account: string, transfer: { readonly cents: number; readonly from: string }) => void;
  /** Whether the code knows the event of a later release. */
  readonly isLater?: boolean;
  /** A function that is called for transfers. */
  readonly handler?: Omit<EventHandlerOptions, "batch" | "name" | "sequentialBy"> & {
    readonly call: (transfer: { readonly from: string; readonly cents: number }, context: EventContext) => unknown;
  };
}

/** Of all domains, so that no two write to one stream. */
let count = 0;

/** Balances as a fold in memory gives them. */
export function foldedBalances(
  transfers: readonly (readonly [from: string, to: string, cents: number])[],
): Readonly<Record<string, number>> {
  const balances: Record<string, number> = {};
  for (const [from, to, cents] of transfers) {
    balances[from] = (balances[from] ?? 0) - cents;
    balances[to] = (balances[to] ?? 0) + cents;
  }
  return balances;
}

/** A domain of transfers between two accounts, whose balances are rows of a projection; without a server. */
export async function runTransfers(
  adapter: EventStoreAdapter,
  { config = {}, check, isLater = false, handler }: TransfersOptions = {},
) {
  const logged: { readonly message: string; readonly details: object | undefined }[] = [];
  const error = (message: string, details?: object) => logged.push({ message, details });
  const domain = domainOn(adapter, {
    name: "ledger",
    config: { server: { embedded: false }, ...config },
    logger: { warn: () => undefined, error },
  });

  @domain.event({ partOf: "Transfer" })
  class Transferred extends DomainEvent({ from: identifier(), to: identifier(), cents: z.number() }) {}
  /** The code of a later release has it. */
  class Cancelled extends DomainEvent({ from: identifier() }) {}
  if (isLater) domain.event({ partOf: "Transfer" })(Cancelled);
  @domain.event({ partOf: "Transfer" })
  class Labelled extends DomainEvent({ account: identifier(), label: z.string() }) {}

  class Transfer extends Aggregate({ events: z.number().default(0) }) {
    make(from: string, to: string, cents: number): this {
      this.raise(new Transferred({ from, to, cents }));
      return this;
    }
    label(account: string, label: string): this {
      this.raise(new Labelled({ account, label }));
      return this;
    }
    cancel(from: string): this {
      this.raise(new Cancelled({ from }));
      return this;
    }
    @apply(Transferred)
    transferred(_: Transferred): void {
      this.events++;
    }
    @apply(Labelled)
    labelled(_: Labelled): void {
      this.events++;
    }
    cancelled(_: Cancelled): void {
      this.events++;
    }
  }
  if (isLater) decorate(apply(Cancelled), Transfer, "cancelled");
  domain.aggregate({ eventSourced: true })(Transfer);

  class Balance extends Projection({
    account: identifier(),
    cents: z.number().default(0),
    label: z.string().nullable().default(null),
    isCancelled: z.boolean().default(false),
  }) {
    moved(event: Transferred): void {
      check?.(this.account, event);
      this.cents += this.account === event.from ? -event.cents : event.cents;
    }
    labelled({ label }: Labelled): void {
      this.label = label;
    }
    cancelled(_: Cancelled): void {
      this.isCancelled = true;
    }
  }
  decorate(on(Transferred, { creates: true, key: ({ from, to }) => [from, to] }), Balance, "moved");
  decorate(on(Labelled, { creates: true }), Balance, "labelled");
  if (isLater) decorate(on(Cancelled, { creates: true, key: "from" }), Balance, "cancelled");
  domain.projection({ indexes: [{ fields: ["label"], unique: true }] })(Balance);

  if (handler !== undefined) {
    const { call, ...options } = handler;
    const settings = { name: "notes", startFrom: "beginning", ...options } as const;
    domain.on<typeof Transferred>(Transferred, settings, (transfer, context) => call(transfer, context));
  }
  await domain.init();

  const transfers = domain.repositoryFor(Transfer);
  const inStream = async (id: string, change: (transfer: Transfer) => Transfer): Promise<void> => {
    await transfers.add(change((await transfers.find(id)) ?? Transfer.createNew({ id })));
  };
  return {
    domain,
    logged,
    Balance,
    inStream,
    /** Each in a stream of its own. */
    transfer: async (...all: readonly (readonly [from: string, to: string, cents: number])[]) => {
      for (const [from, to, cents] of all) await inStream(`t-${++count}`, (transfer) => transfer.make(from, to, cents));
    },
    /** Many at once, as they are stored. */
    append: async (all: readonly (readonly [from: string, to: string, cents: number])[]) => {
      const streams = all.map(([from, to, cents]) => ({
        stream: domain.streamFor(Transfer, `t-${++count}`),
        events: [{ type: "Ledger.Transferred.v1", data: { from, to, cents } }],
      }));
      for (let at = 0; at < streams.length; at += 500) await domain.eventStore.append(streams.slice(at, at + 500));
    },
    label: async (account: string, label: string) =>
      await inStream(`l-${++count}`, (transfer) => transfer.label(account, label)),
    balances: async (): Promise<Record<string, number>> => {
      const balances: Record<string, number> = {};
      for await (const { account, cents } of domain.viewOf(Balance).stream()) balances[account] = cents;
      return balances;
    },
    row: async (account: string) => await domain.viewOf(Balance).find(account),
    parked: async () =>
      (await domain.parked()).map(({ subscription, key, position, state, attempts, error }) => ({
        ...{ subscription, key, position, state, attempts },
        error: error.message,
      })),
  };
}
