import { Aggregate, apply, Command, DomainEvent, handle, identifier } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";

/** Each buys for itself, all at the same time and from one shelf. */
export const BUYERS: readonly string[] = ["b-0", "b-1", "b-2"];
export const SHELF = "shelf";

/** What a buyer pays at a step, which begin with 1. */
export function centsOf(buyer: string, step: number): number {
  return 100 * step + BUYERS.indexOf(buyer);
}

/** Opens a domain whose one command changes four aggregates in one unit, each of which is stored in another way. */
export async function openPurchases(adapter: EventStoreAdapter) {
  const domain = domainOn(adapter, { name: "crashes" });

  @domain.event({ partOf: "Buyer" })
  class Bought extends DomainEvent({ step: z.int(), cents: z.int() }) {}

  @domain.aggregate({ stored: "state" })
  class Buyer extends Aggregate({ steps: z.array(z.int()).default([]), spent: z.int().default(0) }) {
    buy(step: number, cents: number): void {
      this.steps.push(step);
      this.spent += cents;
      this.raise(new Bought({ step, cents }));
    }
  }

  @domain.event({ partOf: "Account" })
  class Charged extends DomainEvent({ step: z.int(), cents: z.int() }) {}

  @domain.aggregate({ stored: "events" })
  class Account extends Aggregate({ steps: z.array(z.int()).default([]), spent: z.int().default(0) }) {
    @apply(Charged)
    charged({ step, cents }: Charged): void {
      this.steps.push(step);
      this.spent += cents;
    }
  }

  @domain.event({ partOf: "Wallet" })
  class Paid extends DomainEvent({ step: z.int(), cents: z.int() }) {}

  @domain.aggregate({ stored: "both", truth: "events" })
  class Wallet extends Aggregate({ steps: z.array(z.int()).default([]), spent: z.int().default(0) }) {
    @apply(Paid)
    paid({ step, cents }: Paid): void {
      this.steps.push(step);
      this.spent += cents;
    }
  }

  @domain.event({ partOf: "Shelf" })
  class Sold extends DomainEvent({ buyer: z.string(), cents: z.int() }) {}

  @domain.aggregate({ stored: "both", truth: "state" })
  class Shelf extends Aggregate({ earned: z.record(z.string(), z.int()).default({}) }) {
    @apply(Sold)
    sold({ buyer, cents }: Sold): void {
      this.earned[buyer] = (this.earned[buyer] ?? 0) + cents;
    }
  }

  @domain.command({ partOf: Buyer })
  class Buy extends Command({ buyer: identifier(), step: z.int(), cents: z.int() }) {}

  @domain.commandHandler({ partOf: Buyer })
  class BuyerHandler {
    @handle(Buy)
    async buy({ buyer: id, step, cents }: Buy): Promise<void> {
      const [buyers, accounts] = [domain.repositoryFor(Buyer), domain.repositoryFor(Account)];
      const [wallets, shelves] = [domain.repositoryFor(Wallet), domain.repositoryFor(Shelf)];
      const buyer = (await buyers.find(id)) ?? Buyer.createNew({ id });
      buyer.buy(step, cents);
      await buyers.add(buyer);
      const account = (await accounts.find(id)) ?? Account.createNew({ id });
      account.raise(new Charged({ step, cents }));
      await accounts.add(account);
      const wallet = (await wallets.find(id)) ?? Wallet.createNew({ id });
      wallet.raise(new Paid({ step, cents }));
      await wallets.add(wallet);
      const shelf = (await shelves.find(SHELF)) ?? Shelf.createNew({ id: SHELF });
      shelf.raise(new Sold({ buyer: id, cents }));
      await shelves.add(shelf);
    }
  }
  void BuyerHandler;

  await domain.init();
  /** Buys once, however often a step is repeated. */
  const buy = async (buyer: string, step: number): Promise<void> => {
    const options = { idempotencyKey: `${buyer} ${step}`, retries: 100 };
    await domain.process(new Buy({ buyer, step, cents: centsOf(buyer, step) }), options);
  };
  const stepsOf = async (buyer: string): Promise<number> =>
    (await domain.repositoryFor(Buyer).find(buyer))?.steps.length ?? 0;
  return { domain, Buyer, Account, Wallet, Shelf, buy, stepsOf };
}

export type Purchases = Awaited<ReturnType<typeof openPurchases>>;
