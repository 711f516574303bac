import { type AppendRequest, type LoadRequest } from "../../src/adapter";
import {
  type EventStoreAdapter,
  ExpectedVersionError,
  MemoryEventStore,
  UniqueViolationError,
  ValidationError,
} from "../../src/index";
import { bank } from "../fixtures/bank";
import { CallCount } from "./call-count";

const CACHED = { cache: { max_aggregates: 10 }, snapshot_threshold: 0 };

/** A bank with an account of three events that was loaded once. */
async function warmBank(store: EventStoreAdapter = new MemoryEventStore(), config = {}) {
  const calls = new CallCount(store);
  const made = bank({ eventStore: calls.store, config: { ...CACHED, ...config } });
  await made.domain.init();
  const accounts = made.domain.repositoryFor(made.Account);
  const account = made.Account.open("A-1", "Alice", 100, "1");
  account.deposit(10);
  account.deposit(20);
  await accounts.add(account);
  await accounts.get("1");
  calls.clear();
  return { ...made, accounts, calls, store };
}

/** Another process: a domain on the same store. */
async function elsewhere(store: EventStoreAdapter) {
  const made = bank({ eventStore: store, config: { snapshot_threshold: 0 } });
  await made.domain.init();
  return made.domain.repositoryFor(made.Account);
}

/** Stands for one store first and for another one later, as a database does that is restored under its clients. */
class ReplaceableStore {
  now = new MemoryEventStore();
  readonly store: EventStoreAdapter = this.forwarding(() => this.now, {
    log: this.forwarding(() => this.now.log),
    snapshots: this.forwarding(() => this.now.snapshots),
  });

  /** An object that stands for another one, whichever that is at each use. */
  private forwarding<T extends object>(target: () => T, parts: Partial<T> = {}): T {
    return new Proxy(target(), {
      get: (_, key) => {
        const value: unknown = parts[key as keyof T] ?? target()[key as keyof T];
        return typeof value === "function" ? value.bind(target()) : value;
      },
    });
  }
}

/** Begins a load whose answer, read at once, is on its way until the returned function is called. */
async function lateLoad<T>(store: MemoryEventStore, load: () => Promise<T>): Promise<() => Promise<T>> {
  let arrive = () => {};
  const journey = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const answer = store.load.bind(store);
  store.load = (async (request: LoadRequest) => {
    store.load = answer;
    const loaded = answer(request);
    await journey;
    return loaded;
  }) as never;
  const loading = load();
  await new Promise(setImmediate);
  return async () => {
    arrive();
    return await loading;
  };
}

describe("a cached aggregate", () => {
  it("is loaded with one statement when nothing has happened", async () => {
    const { accounts, calls } = await warmBank();
    const account = await accounts.get("1");
    expect([account.balance, account.version, account.holderName]).toEqual([130, 2, "Alice"]);
    expect(calls.made).toEqual(["loadPage"]);
  });

  it("moves on with each commit", async () => {
    const { accounts, calls, domain } = await warmBank();
    for (let n = 1; n <= 50; n++) await accounts.update("1", (account) => account.deposit(n));
    calls.clear();
    const account = await accounts.get("1");
    expect([account.balance, account.version]).toEqual([130 + 1_275, 52]);
    expect(calls.made).toEqual(["loadPage"]);
    expect(domain.cacheStats()).toMatchObject({ aggregates: 1, misses: 1, stale: 0, evictions: 0 });
  });

  it("moves on with what another process stored", async () => {
    const { accounts, calls, domain, store } = await warmBank();
    const others = await elsewhere(store);
    await others.update("1", (account) => account.deposit(1));
    await others.update("1", (account) => account.withdraw(100));
    expect((await accounts.get("1")).balance).toBe(31);
    expect(calls.made).toEqual(["loadPage", "readStream"]);
    calls.clear();
    expect((await accounts.get("1")).balance).toBe(31);
    expect(calls.made).toEqual(["loadPage"]);
    expect(domain.cacheStats()).toMatchObject({ hits: 2, misses: 1, stale: 1 });
  });

  it("is folded from the store again when very much has happened since", async () => {
    const { accounts, calls, store } = await warmBank();
    const others = await elsewhere(store);
    await others.update("1", (account) => {
      for (let n = 0; n < 1_000; n++) account.deposit(1);
    });
    expect((await accounts.get("1")).balance).toBe(1_130);
    expect(calls.made).toEqual(["loadPage", "load", "loadPage", "loadPage"]);
  });

  it("is not shared: whatever is done to an instance, the next one does not show it", async () => {
    const { accounts } = await warmBank();
    const account = await accounts.get("1");
    expect(() => (account.balance = 1_000_000)).toThrow("balance changes only in @apply");
    account.deposit(1_000_000);
    expect({ ...(await accounts.get("1")) }).toMatchObject({ balance: 130, holderName: "Alice" });
  });

  it("never takes in what was refused", async () => {
    const { accounts } = await warmBank();
    await expect(accounts.update("1", (account) => account.withdraw(1_000))).rejects.toThrow(ValidationError);
    const account = await accounts.get("1");
    expect([account.balance, account.version]).toEqual([130, 2]);
  });

  it("never takes in what lost a race", async () => {
    const { accounts, store } = await warmBank();
    const account = await accounts.get("1");
    await (await elsewhere(store)).update("1", (other) => other.deposit(5));
    account.deposit(1_000);
    await expect(accounts.add(account)).rejects.toThrow(ExpectedVersionError);
    expect((await accounts.get("1")).balance).toBe(135);
  });

  it("is kept as it is after an append that was refused for values of another aggregate", async () => {
    const store = new MemoryEventStore();
    const { accounts, calls } = await warmBank(store);
    const append = store.log.append.bind(store.log);
    store.log.append = async () => {
      throw new UniqueViolationError({ aggregate: "Account", fields: ["number"], id: "1" });
    };
    await expect(accounts.update("1", (account) => account.deposit(70))).rejects.toThrow(UniqueViolationError);
    store.log.append = append;
    calls.clear();
    expect((await accounts.get("1")).balance).toBe(130);
    expect(calls.made).not.toContain("load");
  });

  it.each(["stored", "lost"])("is dropped after an append whose outcome is unknown and was %s", async (outcome) => {
    const store = new MemoryEventStore();
    const append = store.log.append.bind(store.log);
    const { accounts, calls } = await warmBank(store);
    store.log.append = async (requests: readonly AppendRequest[]) => {
      if (outcome === "stored") await append(requests);
      throw new Error("connection lost");
    };
    await expect(accounts.update("1", (account) => account.deposit(70))).rejects.toThrow("connection lost");
    store.log.append = append;
    calls.clear();
    expect((await accounts.get("1")).balance).toBe(outcome === "stored" ? 200 : 130);
    expect(calls.made).toEqual(["load"]);
  });

  it.each([
    ["shorter", 1],
    ["equally long", 2],
    ["longer", 5],
  ])("gives way when the store's history was replaced by a %s one", async (_, deposits) => {
    const replaceable = new ReplaceableStore();
    const { accounts } = await warmBank(replaceable.store);
    const restored = new MemoryEventStore();
    const { Account, domain } = bank({ eventStore: restored });
    await domain.init();
    const account = Account.open("A-1", "Bob", 1, "1");
    for (let n = 0; n < deposits; n++) account.deposit(1);
    await domain.repositoryFor(Account).add(account);
    replaceable.now = restored;
    for (let load = 0; load < 2; load++) {
      const found = await accounts.get("1");
      expect([found.holderName, found.balance, found.version]).toEqual(["Bob", 1 + deposits, deposits]);
    }
  });

  it("takes in no commit that does not follow on what is kept", async () => {
    const store = new MemoryEventStore();
    const { Account, accounts } = await warmBank(store);
    const held = Account.open("A-2", "Bob", 1, "2");
    await accounts.add(held);
    const late = await lateLoad(store, () => accounts.get("2"));
    held.deposit(10);
    await accounts.add(held);
    expect((await late()).balance).toBe(1);
    held.deposit(100);
    await accounts.add(held);
    expect((await accounts.get("2")).balance).toBe(111);
  });

  it("is not replaced by an older one whose load took longer", async () => {
    const store = new MemoryEventStore();
    const { Account, accounts, calls } = await warmBank(store);
    await accounts.add(Account.open("A-2", "Bob", 1, "2"));
    const late = await lateLoad(store, () => accounts.get("2"));
    await accounts.get("2");
    await accounts.update("2", (account) => account.deposit(10));
    expect((await late()).balance).toBe(1);
    calls.clear();
    expect((await accounts.get("2")).balance).toBe(11);
    expect(calls.made).toEqual(["loadPage"]);
  });

  it("is left aside by loads of earlier states", async () => {
    const { accounts, calls } = await warmBank();
    expect((await accounts.get("1", { atVersion: 1 })).balance).toBe(110);
    expect(calls.made).toEqual(["load"]);
  });

  it("is left aside by snapshots on demand and by their verification", async () => {
    const { domain, Account, calls } = await warmBank();
    await domain.createSnapshot(Account, "1");
    expect(calls.made).toEqual(["load", "snapshots.write"]);
    calls.clear();
    expect((await domain.snapshotsFor(Account).verify("1")).outcome).toBe("equal");
    expect(calls.made).not.toContain("loadPage");
  });

  it("is one instance in a unit of work", async () => {
    const { accounts, domain } = await warmBank();
    await domain.unitOfWork(async () => {
      expect(await accounts.get("1")).toBe(await accounts.get("1"));
    });
  });

  it("is made room for by those used later", async () => {
    const { accounts, Account, calls, domain } = await warmBank(undefined, { cache: { max_aggregates: 1 } });
    await accounts.add(Account.open("A-2", "Bob", 5, "2"));
    expect((await accounts.get("2")).balance).toBe(5);
    calls.clear();
    expect((await accounts.get("1")).balance).toBe(130);
    expect(calls.made).toEqual(["load"]);
    expect(domain.cacheStats()).toMatchObject({ aggregates: 1, evictions: 2 });
  });

  it("is not found after a load that found nothing", async () => {
    const { accounts, Account } = await warmBank();
    expect(await accounts.find("2")).toBeUndefined();
    await accounts.add(Account.open("A-2", "Bob", 5, "2"));
    expect((await accounts.get("2")).balance).toBe(5);
  });
});

describe("snapshots of cached aggregates", () => {
  it("are due after as many events as without the cache", async () => {
    const versions = async (max_aggregates: number) => {
      const made = bank({ config: { snapshot_threshold: 10, cache: { max_aggregates }, snapshots: { keep: 99 } } });
      await made.domain.init();
      const accounts = made.domain.repositoryFor(made.Account);
      await accounts.add(made.Account.open("A-1", "Alice", 0, "1"));
      for (let n = 0; n < 35; n++) await accounts.update("1", (account) => account.deposit(1));
      return (await made.domain.snapshotsFor(made.Account).list("1")).map(({ version }) => version);
    };
    expect(await versions(10)).toEqual([29, 19, 9]);
    expect(await versions(10)).toEqual(await versions(0));
  });

  it("are written on load too, though the load folds few events", async () => {
    const config = { snapshot_threshold: 5, snapshots: { on: ["load" as const] } };
    const { accounts, Account, domain } = await warmBank(undefined, config);
    for (let n = 0; n < 9; n++) await accounts.update("1", (account) => account.deposit(1));
    expect((await domain.snapshotsFor(Account).get("1"))?.version).toBe(9);
  });

  it("are written once in the background, however many saves follow", async () => {
    const config = { snapshot_threshold: 5, snapshots: { mode: "background" as const } };
    const { accounts, calls, domain } = await warmBank(undefined, config);
    await accounts.update("1", (account) => {
      for (let n = 0; n < 5; n++) account.deposit(1);
    });
    await domain.drainSnapshots();
    for (let n = 0; n < 3; n++) await accounts.update("1", (account) => account.deposit(1));
    await domain.drainSnapshots();
    expect(calls.made.filter((call) => call === "snapshots.write")).toHaveLength(1);
  });

  it("are written again after they were deleted", async () => {
    const { accounts, Account, domain } = await warmBank(undefined, { snapshot_threshold: 3 });
    expect((await domain.snapshotsFor(Account).get("1"))?.version).toBe(2);
    await domain.snapshotsFor(Account).deleteAll();
    await accounts.get("1");
    expect((await domain.snapshotsFor(Account).get("1"))?.version).toBe(2);
    await domain.snapshotsFor(Account).delete("1");
    await accounts.update("1", (account) => account.deposit(1));
    expect((await domain.snapshotsFor(Account).get("1"))?.version).toBe(2);
  });
});

it("nothing is cached where the configuration does not say so", async () => {
  const { accounts, calls, domain } = await warmBank(undefined, { cache: {} });
  await accounts.get("1");
  await accounts.get("1");
  expect(calls.made).toEqual(["load", "load"]);
  expect(domain.cacheStats()).toBeUndefined();
});
