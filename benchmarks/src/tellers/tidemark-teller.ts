import type { ConfigInput, Domain } from "@tidemark/core";

import { Account, bank, historicEvent, MakeDeposit } from "../bank";
import { declareSummary } from "../bookkeepers/account-summary";
import { AMOUNT, LONGEST_COMMIT, REFERENCE, type Teller, type TellerOptions } from "./teller";

/** More than sixteen writers on one account need: nobody gives up. */
const RETRIES = 1_000;

/** An application on Tidemark. */
export class TidemarkTeller implements Teller {
  constructor(private readonly domain: Domain) {}

  static async open(
    eventStore: NonNullable<ConfigInput["event_store"]>,
    { snapshotEvery, isCaching, hasInlineRows }: TellerOptions,
  ): Promise<TidemarkTeller> {
    const snapshots = snapshotEvery === 0 ? { snapshots: { mode: "manual" as const } } : {};
    const cache = { max_aggregates: isCaching ? 1_000 : 0 };
    const config = { event_store: eventStore, snapshot_threshold: snapshotEvery, cache, ...snapshots };
    const domain = bank(config);
    if (hasInlineRows) declareSummary(domain, { version: 1, mode: "inline" });
    await domain.init();
    return new TidemarkTeller(domain);
  }

  async open(accountIds: readonly string[], events: number): Promise<void> {
    if (events > LONGEST_COMMIT) {
      for (const accountId of accountIds)
        for (let first = 0; first < events; first += LONGEST_COMMIT)
          await this.append(accountId, first, Math.min(LONGEST_COMMIT, events - first));
      return;
    }
    const accountsACommit = Math.ceil(LONGEST_COMMIT / events);
    for (let first = 0; first < accountIds.length; first += accountsACommit) {
      const some = accountIds.slice(first, first + accountsACommit);
      await this.domain.eventStore.append(some.map((accountId) => this.request(accountId, 0, events)));
    }
  }

  async append(accountId: string, first: number, count: number): Promise<void> {
    await this.domain.eventStore.append([this.request(accountId, first, count)]);
  }

  async appendEach(accountIds: readonly string[], position: number): Promise<void> {
    for (let first = 0; first < accountIds.length; first += LONGEST_COMMIT) {
      const some = accountIds.slice(first, first + LONGEST_COMMIT);
      await this.domain.eventStore.append(some.map((accountId) => this.request(accountId, position, 1)));
    }
  }

  async deposit(accountId: string): Promise<void> {
    await this.domain.process(new MakeDeposit({ accountId, amount: AMOUNT, reference: REFERENCE }));
  }

  async depositPersistently(accountId: string): Promise<void> {
    const accounts = this.domain.repositoryFor(Account);
    await accounts.update(accountId, (account) => account.deposit(AMOUNT, REFERENCE), { retries: RETRIES });
  }

  async balance(accountId: string): Promise<number> {
    return (await this.domain.repositoryFor(Account).get(accountId)).balance;
  }

  async snapshotAll(): Promise<number> {
    const { created, failed } = await this.domain.createSnapshots(Account);
    if (failed.length > 0) throw new Error(`${failed.length} snapshots failed`);
    return created;
  }

  async deleteSnapshots(): Promise<void> {
    await this.domain.snapshotsFor(Account).deleteAll();
  }

  async readCategory(): Promise<number> {
    let count = 0;
    for await (const { data } of this.domain.eventStore.readCategory("bank::account"))
      if (data.accountId !== undefined) count++;
    return count;
  }

  async readAll(): Promise<number> {
    let count = 0;
    for await (const { data } of this.domain.eventStore.readAll()) if (data.accountId !== undefined) count++;
    return count;
  }

  async close(): Promise<void> {
    await this.domain.close();
  }

  private request(accountId: string, first: number, count: number) {
    const events = Array.from({ length: count }, (_, index) => historicEvent(accountId, first + index));
    return { stream: this.domain.streamFor(Account, accountId), expectedVersion: first - 1, events };
  }
}
