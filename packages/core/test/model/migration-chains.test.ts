import { z } from "zod";

import {
  Aggregate,
  aggregate,
  apply,
  Domain,
  DomainEvent,
  event,
  MemoryEventStore,
  snapshotMigration,
} from "../../src/index";

/** Returns the faults of an account of schema version `declared` with migrations between these versions. */
async function faults(declared: number, ...steps: readonly (readonly [from: number, to: number])[]): Promise<string[]> {
  const domain = new Domain("fidelis", { root: "/", config: {} });
  domain.register(...account(declared));
  for (const [from, to] of steps) {
    class Migration {
      migrate(state: Record<string, unknown>) {
        return state;
      }
    }
    Object.defineProperty(Migration, "name", { value: `From${from}To${to}` });
    domain.snapshotMigration({ aggregate: "Account", from, to })(Migration);
  }
  return await initFaults(domain);
}

async function initFaults(domain: Domain): Promise<string[]> {
  try {
    await domain.init();
    await domain.close();
    return [];
  } catch (error) {
    return [...(error as { faults: readonly string[] }).faults];
  }
}

function account(schemaVersion: number) {
  @event({ partOf: "Account" })
  class Opened extends DomainEvent({}) {}

  @aggregate({ eventSourced: true, schemaVersion })
  class Account extends Aggregate({ balance: z.number().default(0) }) {
    @apply(Opened)
    onOpened(): void {
      this.balance = 0;
    }
  }
  return [Opened, Account] as const;
}

describe("snapshot migrations", () => {
  it("form chains that end at the declared schema version", async () => {
    expect(await faults(1)).toEqual([]);
    expect(await faults(3, [1, 2], [2, 3])).toEqual([]);
    expect(await faults(3, [2, 3])).toEqual([]);
    expect(await faults(3, [1, 3], [2, 3])).toEqual([]);
  });

  it("must not leave a gap", async () => {
    expect(await faults(4, [1, 2], [3, 4])).toEqual([
      "From1To2 migrates Account to schema version 2, from which no migration leads on to 4",
    ]);
  });

  it("must not start twice from one version", async () => {
    expect(await faults(3, [1, 2], [2, 3], [1, 3])).toEqual([
      "From1To3 and From1To2 both migrate Account from schema version 1",
    ]);
  });

  it("must lead to a later version, and not beyond the declared one", async () => {
    expect(await faults(2, [2, 1], [1, 1], [1, 3])).toEqual([
      "From2To1 migrates from schema version 2 to 1: a migration leads to a later version",
      "From1To1 migrates from schema version 1 to 1: a migration leads to a later version",
      "From1To3 migrates Account to schema version 3, but Account declares schema version 2",
    ]);
  });

  it("must name a registered aggregate, and have a migrate() that waits for nothing", async () => {
    const domain = new Domain("fidelis", { root: "/", config: {} });
    domain.register(...account(2));

    @domain.snapshotMigration({ aggregate: "Acount", from: 1, to: 2 })
    class Misnamed {
      migrate(state: Record<string, unknown>) {
        return state;
      }
    }

    class Late {
      async migrate(state: Record<string, unknown>) {
        return state;
      }
    }
    domain.snapshotMigration({ aggregate: "Account", from: 1, to: 2 })(Late as never);
    domain.snapshotMigration({ aggregate: "Account", from: 1, to: 2 })(class Idle {} as never);
    domain.snapshotMigration({ aggregate: "Account", from: 0, to: 2, until: 3 } as never)(
      class Further extends Misnamed {},
    );
    expect(await initFaults(domain)).toEqual([
      'Further has a bad option "from": must be a whole number of at least 1',
      'Further has an unknown option "until"',
      'Misnamed migrates "Acount", which is not a registered aggregate; did you mean "Account"?',
      "Late has an async migrate(): a load cannot wait for a migration",
      "Idle has no method migrate(state)",
    ]);
  });

  it("are collected by domain.register", async () => {
    const seen: unknown[] = [];

    @snapshotMigration({ aggregate: "Account", from: 1, to: 2 })
    class ToCents {
      migrate(state: { balance: number }) {
        seen.push({ ...state });
        return { ...state, balance: state.balance * 100 };
      }
    }

    const eventStore = new MemoryEventStore();
    const [OpenedBefore, AccountBefore] = account(1);
    const before = new Domain("fidelis", { root: "/", eventStore }).register(OpenedBefore, AccountBefore);
    await before.init();
    const opened = AccountBefore.createNew({ id: "1" });
    opened.raise(new OpenedBefore());
    await before.repositoryFor(AccountBefore).add(opened);
    await before.createSnapshot(opened);

    const domain = new Domain("fidelis", { root: "/", eventStore }).register(ToCents, ...account(2));
    await domain.init();
    await domain.repositoryFor(domain.aggregates.get("Account") as typeof AccountBefore).get("1");
    expect(seen).toEqual([{ balance: 0 }]);
    await Promise.all([before.close(), domain.close()]);
  });
});
