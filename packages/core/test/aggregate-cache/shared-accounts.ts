import { once } from "node:events";
import { setImmediate as nextTurnOfTheLoop } from "node:timers/promises";

import { z } from "zod";

import {
  Aggregate,
  apply,
  type CacheStats,
  Command,
  Domain,
  DomainEvent,
  type EventStoreAdapter,
  handle,
  invariant,
  ValidationError,
} from "../../src/index";

export const IDS = ["1", "2"] as const;
export const OPENING = 50;

export interface SharedAccountsOptions {
  /** 0 for no cache. */
  readonly cached: number;
  /** How often a command is tried again. */
  readonly retries: number;
}

/** A domain of accounts that several applications use at once, each with a cache of its own. */
export async function sharedAccounts(eventStore: EventStoreAdapter, { cached, retries }: SharedAccountsOptions) {
  const config = { snapshot_threshold: 25, cache: { max_aggregates: cached }, commands: { retries } };
  const domain = new Domain("shared", { root: "/", eventStore, config });

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ balance: z.number() }) {}

  @domain.event({ partOf: "Account" })
  class Moved extends DomainEvent({ amount: z.number(), by: z.string() }) {}

  @domain.aggregate({ eventSourced: true, name: "Account" })
  class Account extends Aggregate({
    balance: z.number().default(0),
    moves: z.record(z.string(), z.object({ count: z.number(), sum: z.number() })).default({}),
  }) {
    static open(id: string): Account {
      const account = Account.createNew({ id });
      account.raise(new Opened({ balance: OPENING }));
      return account;
    }

    move(amount: number, by: string): void {
      this.raise(new Moved({ amount, by }));
    }

    @invariant.post
    neverNegative(): void {
      if (this.balance < 0) throw new ValidationError({ balance: ["insufficient funds"] });
    }

    @apply(Opened)
    onOpened({ balance }: Opened): void {
      this.balance = balance;
    }

    @apply(Moved)
    onMoved({ amount, by }: Moved): void {
      this.balance += amount;
      const of = this.moves[by] ?? { count: 0, sum: 0 };
      of.count++;
      of.sum += amount;
      this.moves[by] = of;
    }
  }

  @domain.command({ partOf: Account })
  class Move extends Command({ id: z.string(), amount: z.number(), by: z.string() }, { returns: z.number() }) {}

  /** Moves what the other account holds more than so much, and so depends on one that it does not change. */
  @domain.command({ partOf: Account })
  class MoveAbove extends Command(
    { id: z.string(), other: z.string(), above: z.number(), by: z.string() },
    { returns: z.number() },
  ) {}

  @domain.commandHandler({ partOf: Account })
  class Handlers {
    @handle(Move)
    async move({ id, amount, by }: Move): Promise<number> {
      const accounts = domain.repositoryFor(Account);
      const account = await accounts.get(id);
      account.move(amount, by);
      await accounts.add(account);
      return account.balance;
    }

    @handle(MoveAbove)
    async moveAbove({ id, other, above, by }: MoveAbove): Promise<number> {
      const accounts = domain.repositoryFor(Account);
      const [account, model] = await Promise.all([accounts.get(id), accounts.get(other)]);
      if (model.balance > above) account.move(model.balance - above, by);
      await accounts.add(account);
      return account.balance;
    }
  }

  await domain.init();
  return { domain, Account, Move, MoveAbove, Handlers };
}

/** What one writer did: of each account what it moved in sum, and how many of its commands were accepted. */
export interface WriterReport {
  readonly sums: Record<string, number>;
  readonly accepted: number;
  readonly refused: number;
  readonly cache: CacheStats | undefined;
}

/**
 * Says that it is ready and waits for a word; then moves sums at random. After `count` moves, once another writer has come between
 * two of its own, it says that they have met. It goes on until the next word, so that the other one can meet it too, and prints a
 * report.
 */
export async function writeSharedAccounts(store: EventStoreAdapter, name: string, count: number): Promise<void> {
  const { domain, Move } = await sharedAccounts(store, { cached: 100, retries: 1_000 });
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  let isOver = false;
  process.stdin.once("data", () => {
    isOver = true;
  });
  let hasMet = false;
  const sums: Record<string, number> = { 1: 0, 2: 0 };
  let [accepted, refused] = [0, 0];
  for (let n = 0; !isOver; n++) {
    if (!hasMet && n >= count && (domain.cacheStats()?.stale ?? 0) > 0) {
      hasMet = true;
      process.stdout.write("met\n");
    }
    await nextTurnOfTheLoop();
    const id = IDS[Math.floor(Math.random() * IDS.length)] as string;
    // Now and then more than anybody has.
    const amount = n % 50 === 49 ? -1_000_000 : Math.floor(Math.random() * 101) - 50;
    try {
      await domain.process(new Move({ id, amount, by: name }));
      sums[id] = (sums[id] as number) + amount;
      accepted++;
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      refused++;
    }
  }
  process.stdin.destroy();
  const cache = domain.cacheStats();
  await domain.close();
  process.stdout.write(`${JSON.stringify({ sums, accepted, refused, cache } satisfies WriterReport)}\n`);
}
