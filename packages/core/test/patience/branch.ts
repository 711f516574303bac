import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Command,
  type ConfigInput,
  Domain,
  DomainEvent,
  handle,
  identifier,
  on,
  ProcessManager,
  Projection,
  Query,
  read,
  type View,
} from "../../src/index";
import { type LeavingStore, leavingStore } from "./leaving-store";

/** A branch of a bank on a store that goes away: accounts with unique names in events, rules in rows alone, and whoever reads events. */
export async function openBranch({
  patienceMs,
  config = {},
}: {
  readonly patienceMs?: number;
  readonly config?: ConfigInput;
} = {}) {
  const store: LeavingStore = leavingStore(patienceMs);
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const domain = new Domain("branch", {
    root: tmpdir(),
    eventStore: store.adapter,
    logger: { warn: log, error: log },
    config: { server: { embedded: false }, ...config },
  });
  const letters: string[] = [];
  /** Runs in the handler of each deposit, before it raises its event. */
  const hooks: { before: () => unknown } = { before: () => undefined };

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier(), name: z.string() }) {}
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate(
    { name: z.string().default(""), balance: z.number().default(0) },
    { unique: ["name"] },
  ) {
    @apply(Opened)
    opened({ name }: Opened): void {
      this.name = name;
    }
    @apply(Deposited)
    deposited({ amount }: Deposited): void {
      this.balance += amount;
    }
  }

  @domain.aggregate({ stored: "state" })
  class Rule extends Aggregate({ limit: z.number().default(0) }) {}

  @domain.command({ partOf: Account })
  class Open extends Command({ accountId: identifier(), name: z.string() }) {}
  @domain.command({ partOf: Account })
  class Deposit extends Command({ accountId: identifier(), amount: z.number() }, { returns: z.number() }) {}
  @domain.command({ partOf: Rule })
  class Raise extends Command({ ruleId: identifier(), by: z.number() }) {}

  @domain.commandHandler({ partOf: Account })
  class _Accounts {
    @handle(Open)
    async open({ accountId, name }: Open): Promise<void> {
      const account = Account.createNew({ id: accountId });
      account.raise(new Opened({ accountId, name }));
      await domain.repositoryFor(Account).add(account);
    }
    @handle(Deposit)
    async deposit({ accountId, amount }: Deposit): Promise<number> {
      const accounts = domain.repositoryFor(Account);
      const account = await accounts.get(accountId);
      await hooks.before();
      account.raise(new Deposited({ accountId, amount }));
      await accounts.add(account);
      return account.balance;
    }
  }

  @domain.commandHandler({ partOf: Rule })
  class _Rules {
    @handle(Raise)
    async raise({ ruleId, by }: Raise): Promise<void> {
      const rules = domain.repositoryFor(Rule);
      const rule = (await rules.find(ruleId)) ?? Rule.createNew({ id: ruleId });
      rule.limit += by;
      await rules.add(rule);
    }
  }

  @domain.projection({})
  class Balance extends Projection({ accountId: identifier(), balance: z.number().default(0) }) {
    @on(Opened, { creates: true })
    opened(_: Opened): void {}
    @on(Deposited)
    deposited({ amount }: Deposited): void {
      this.balance += amount;
    }
  }

  @domain.query({ of: Balance })
  class Total extends Query({}, { returns: z.number() }) {}
  @domain.queryHandler({ of: Balance })
  class _Totals {
    @read(Total)
    async total(_: Total, balances: View<Balance>): Promise<number> {
      const all = await balances.where("balance", ">", 0).all();
      return all.reduce((sum, { balance }) => sum + balance, 0);
    }
  }

  /** Pays a bonus into each account that is opened. */
  @domain.processManager({})
  class Bonus extends ProcessManager({ accountId: identifier() }) {
    @handle(Opened, { start: true })
    opened(): void {
      this.issue(new Deposit({ accountId: this.accountId, amount: 1_000 }));
    }
  }

  domain.on(Opened, { name: "Letters", startFrom: "beginning" }, ({ name }) => void letters.push(name));

  await domain.init();
  const accounts = domain.repositoryFor(Account);
  const stored = async (): Promise<readonly string[]> => {
    const { messages } = await store.memory.log.readAll({ after: 0, limit: 100_000 });
    return messages.flatMap(({ stream, type, data }) =>
      type === "Branch.Deposited.v1"
        ? [`${stream.split("-")[1]} ${(JSON.parse(data) as { amount: number }).amount}`]
        : [],
    );
  };
  store.calls.length = 0;
  return {
    domain,
    store,
    hooks,
    logged,
    letters,
    accounts,
    stored,
    Account,
    Rule,
    Open,
    Deposit,
    Raise,
    Balance,
    Total,
    Bonus,
    Opened,
  };
}
