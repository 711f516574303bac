import { Command, type CommandHandle, type ConfigInput, type Domain, handle, identifier } from "@tidemark/core";
import { z } from "zod";

import { Account, bank } from "../bank";
import { AMOUNT, REFERENCE } from "../tellers/teller";
import { TidemarkTeller } from "../tellers/tidemark-teller";
import { type Clerk, CONCURRENCY } from "./clerk";

/** How many commands are put into the queue at the same time. */
const AT_ONCE = 100;

/** A server of an application on Tidemark. */
export class TidemarkClerk implements Clerk {
  readonly teller: TidemarkTeller;
  private handles: CommandHandle<unknown>[] = [];

  private constructor(
    private readonly domain: Domain,
    private readonly deposits: ReturnType<typeof declareDeposits>,
  ) {
    this.teller = new TidemarkTeller(domain);
  }

  static async open(eventStore: NonNullable<ConfigInput["event_store"]>): Promise<TidemarkClerk> {
    const domain = bank({
      event_store: eventStore,
      snapshots: { mode: "manual" },
      cache: { max_aggregates: 0 },
      processing: { concurrency: CONCURRENCY },
      server: { embedded: false },
    });
    const deposits = declareDeposits(domain);
    await domain.init();
    return new TidemarkClerk(domain, deposits);
  }

  async enqueue(accountIds: readonly string[]): Promise<void> {
    this.handles = [];
    for (let first = 0; first < accountIds.length; first += AT_ONCE) {
      const some = accountIds.slice(first, first + AT_ONCE).map((accountId) => {
        const command = new this.deposits.DepositLater({ accountId, amount: AMOUNT, reference: REFERENCE });
        return this.domain.process(command, { asynchronous: true });
      });
      this.handles.push(...(await Promise.all(some)));
    }
  }

  /** Serves until the last of them is done: those that began last are asked for their results. */
  async work(count: number): Promise<void> {
    const begun = this.deposits.begun(count);
    const server = await this.domain.serve();
    await begun;
    await Promise.all(this.handles.slice(-4 * CONCURRENCY).map((each) => each.result()));
    await server.close();
  }

  async close(): Promise<void> {
    await this.domain.close();
  }
}

function declareDeposits(domain: Domain) {
  let [left, end] = [0, () => {}];

  @domain.command({ partOf: Account })
  class DepositLater extends Command({ accountId: identifier(), amount: z.number(), reference: z.string() }) {}

  @domain.commandHandler({ partOf: Account })
  class Deposits {
    @handle(DepositLater)
    async deposit({ accountId, amount, reference }: DepositLater): Promise<void> {
      if (--left === 0) end();
      const accounts = domain.repositoryFor(Account);
      const account = await accounts.get(accountId);
      account.deposit(amount, reference);
      await accounts.add(account);
    }
  }
  void Deposits;
  /** Resolves when so many deposits have begun. */
  const begun = (count: number): Promise<void> => {
    left = count;
    return new Promise((resolve) => (end = resolve));
  };
  return { DepositLater, begun };
}
