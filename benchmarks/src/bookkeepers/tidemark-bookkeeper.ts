import { type ConfigInput, type Domain, Query, read, type View } from "@tidemark/core";
import { z } from "zod";

import { bank } from "../bank";
import { TidemarkTeller } from "../tellers/tidemark-teller";
import type { AccountRow } from "./account-row";
import { declareSummary } from "./account-summary";
import type { Bookkeeper, BookkeeperOptions, Totals } from "./bookkeeper";

/** An application on Tidemark that has a projection. */
export class TidemarkBookkeeper implements Bookkeeper {
  readonly teller: TidemarkTeller;

  private constructor(
    private readonly domain: Domain,
    private readonly summary: ReturnType<typeof declareSummary>,
    private readonly ask: (accountId: string) => Promise<AccountRow>,
  ) {
    this.teller = new TidemarkTeller(domain);
  }

  static async open(
    eventStore: NonNullable<ConfigInput["event_store"]>,
    options: BookkeeperOptions,
  ): Promise<TidemarkBookkeeper> {
    const server = { embedded: false };
    const domain = bank({ event_store: eventStore, snapshots: { mode: "manual" }, server });
    const summary = declareSummary(domain, options);
    const ask = declareQuestion(domain, summary);
    await domain.init();
    return new TidemarkBookkeeper(domain, summary, ask);
  }

  async catchUp(): Promise<void> {
    await this.domain.catchUp();
  }

  async rebuild(): Promise<void> {
    await this.domain.rebuildProjection(this.summary);
  }

  async serve(): Promise<void> {
    await this.domain.serve();
  }

  async row(accountId: string): Promise<AccountRow> {
    return await this.view.get(accountId);
  }

  async currentRow(accountId: string): Promise<AccountRow> {
    return await this.ask(accountId);
  }

  async rowFromAfar(accountId: string, balance: number): Promise<AccountRow> {
    for (;;) {
      const row = await this.view.find(accountId);
      if (row?.balance === balance) return row;
    }
  }

  async ofBranch(branch: number): Promise<readonly AccountRow[]> {
    return await this.view.where("branch", "=", branch).all();
  }

  async totals(): Promise<Totals> {
    let [rows, balance] = [0, 0];
    for await (const row of this.view.stream()) {
      rows++;
      balance += row.balance;
    }
    return { rows, balance };
  }

  async close(): Promise<void> {
    await this.domain.close();
  }

  private get view() {
    return this.domain.viewOf(this.summary);
  }
}

/** Gives a bank a query for one row. @returns a function that asks it for a row with all that this process has committed. */
function declareQuestion(domain: Domain, summary: ReturnType<typeof declareSummary>) {
  @domain.query({ of: summary })
  class OneAccount extends Query({ accountId: z.string() }) {}

  @domain.queryHandler({ of: summary })
  class AccountQueries {
    @read(OneAccount)
    one({ accountId }: OneAccount, accounts: View<InstanceType<typeof summary>>): Promise<AccountRow> {
      return accounts.get(accountId);
    }
  }
  domain.register(OneAccount, AccountQueries);
  return (accountId: string) =>
    domain.dispatch(new OneAccount({ accountId }), { atLeast: domain.position() }) as Promise<AccountRow>;
}
