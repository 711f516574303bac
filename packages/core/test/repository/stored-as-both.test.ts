import { MemoryEventStore } from "../../src/adapter";
import { ExpectedVersionError } from "../../src/index";
import { openWallets, type WalletsOptions } from "../fixtures/wallets";

async function onMemory(options?: WalletsOptions) {
  const eventStore = new MemoryEventStore();
  const elements = await openWallets({ eventStore, ...options });
  const { domain, Wallet } = elements;
  const table = {
    name: "shop_wallet_v1",
    columns: [
      { name: "id", type: "text" },
      { name: "balance", type: "number" },
      { name: "notes", type: "json" },
      { name: "owner", type: "text" },
      { name: "_version", type: "integer" },
    ],
  } as const;
  return {
    ...elements,
    row: (id: string) => eventStore.operations.readModels.rows(table, [id])[0],
    /** Changes the row of a wallet behind the back of its repository. */
    put: (row: readonly (string | number | null)[]) =>
      eventStore.operations.flush([{ kind: "upsertRows", table, rows: [row] }]),
    drop: (id: string) => eventStore.operations.flush([{ kind: "deleteRows", table, keys: [id] }]),
    /** Stores an event that no row tells of, as a release does that knows of no rows. */
    append: (id: string, amount: number) =>
      domain.eventStore.append([
        {
          stream: domain.streamFor(Wallet, id),
          events: [{ type: "Shop.Filled.v1", data: { walletId: id, amount, note: "old" } }],
        },
      ]),
  };
}

async function listed(ids: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const id of ids) found.push(id);
  return found;
}

type Wallets = Awaited<ReturnType<typeof openWallets>>["wallets"];

const stateOf = async (wallets: Wallets, id = "w") => {
  const { balance, notes, version } = await wallets.get(id);
  return { balance, notes, version };
};

describe("an aggregate stored as both, whose events are the truth", () => {
  it("has a row with the version of its stream", async () => {
    const { wallets, Wallet, row } = await onMemory();
    const wallet = Wallet.fill("w", 1);
    wallet.fill(2);
    await wallets.add(wallet);
    expect(row("w")).toEqual(["w", 3, '["+1","+2"]', null, 1]);
    await wallets.update("w", (one) => one.fill(3));
    expect(row("w")).toEqual(["w", 6, '["+1","+2","+3"]', null, 2]);
    expect(await stateOf(wallets)).toEqual({ balance: 6, notes: ["+1", "+2", "+3"], version: 2 });
  });

  it("is loaded from its row, without a look at its events", async () => {
    const { wallets, Wallet, put } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    put(["w", 99, '["from the row"]', null, 0]);
    expect(await stateOf(wallets)).toEqual({ balance: 99, notes: ["from the row"], version: 0 });
  });

  it("is folded from its events where it has no row, and has one after the next save", async () => {
    const { wallets, Wallet, drop, row } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    drop("w");
    expect(await stateOf(wallets)).toEqual({ balance: 1, notes: ["+1"], version: 0 });
    expect(row("w")).toBeUndefined();
    await wallets.update("w", (wallet) => wallet.fill(2));
    expect(row("w")).toEqual(["w", 3, '["+1","+2"]', null, 1]);
  });

  it("is folded from its events after a save that its row was too old for", async () => {
    const { wallets, Wallet, append, row } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    await append("w", 10);
    expect((await wallets.get("w")).balance).toBe(1);
    let attempts = 0;
    await wallets.update("w", (wallet) => {
      attempts++;
      wallet.fill(2);
    });
    expect(attempts).toBe(2);
    expect(row("w")).toEqual(["w", 13, '["+1","old","+2"]', null, 2]);
    expect(await stateOf(wallets)).toEqual({ balance: 13, notes: ["+1", "old", "+2"], version: 2 });
  });

  it("is folded from its events after a save that its row was changed under", async () => {
    const { wallets, Wallet, put, row } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    const wallet = await wallets.get("w");
    put(["w", 99, "[]", null, 7]);
    wallet.fill(2);
    await expect(wallets.add(wallet)).rejects.toThrow(ExpectedVersionError);
    await wallets.update("w", (one) => one.fill(2));
    expect(row("w")).toEqual(["w", 3, '["+1","+2"]', null, 1]);
  });

  it("lets many writers through, one after the other", async () => {
    const { wallets, Wallet, row } = await onMemory();
    await wallets.add(Wallet.fill("w"));
    const fill = () =>
      wallets.update("w", async (wallet) => {
        await new Promise(setImmediate);
        wallet.fill(1, "");
      });
    await Promise.all(Array.from({ length: 20 }, fill));
    expect(await stateOf(wallets)).toMatchObject({ balance: 20, version: 20 });
    expect(row("w")?.at(-1)).toBe(20);
  });

  it("shows its earlier states and its history", async () => {
    const { wallets, Wallet } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    await wallets.update("w", (wallet) => wallet.fill(2));
    expect(await wallets.get("w", { atVersion: 0 })).toMatchObject({ balance: 1, isTemporal: true });
    await expect(wallets.get("w", { atVersion: 5 })).rejects.toMatchObject({ details: { latestVersion: 1 } });
    const balances: unknown[] = [];
    for await (const { state } of wallets.history("w")) balances.push(state.balance);
    expect(balances).toEqual([1, 3]);
  });

  it("has snapshots on demand, and none by itself", async () => {
    const { wallets, Wallet, domain } = await onMemory({ config: { snapshot_threshold: 1 } });
    await wallets.add(Wallet.fill("w", 1));
    await wallets.update("w", (wallet) => wallet.fill(2));
    await wallets.get("w");
    await domain.drainSnapshots();
    expect(await domain.snapshotsFor(Wallet).list("w")).toEqual([]);
    expect(await domain.createSnapshot(Wallet, "w")).toMatchObject({ version: 1, state: { balance: 3 } });
    expect(await domain.createAllSnapshots()).toEqual({ Wallet: { created: 0, unchanged: 1, failed: [] } });
  });

  it("is there as soon as it has events", async () => {
    const { wallets, Wallet, append, drop } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    await append("v", 5);
    drop("w");
    expect([await wallets.exists("w"), await wallets.exists("v"), await wallets.exists("u")]).toEqual([
      true,
      true,
      false,
    ]);
    expect([await listed(wallets.ids()), await listed(wallets.ids({ after: "v" })), await wallets.count()]).toEqual([
      ["v", "w"],
      ["w"],
      2,
    ]);
  });

  it("cannot be deleted", async () => {
    const { wallets, Wallet } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    await expect(wallets.delete("w")).rejects.toThrow(
      'Cannot delete Wallet "w": its events are the truth, and are kept for ever; raise an event that ends it',
    );
    expect(await wallets.exists("w")).toBe(true);
  });

  it("changes in @apply alone", async () => {
    const { wallets, Wallet } = await onMemory();
    await wallets.add(Wallet.fill("w", 1));
    const wallet = await wallets.get("w");
    expect(() => (wallet.balance = 7)).toThrow("balance changes only in @apply; raise an event");
  });

  it("records facts of what its events lead to", async () => {
    const { wallets, Wallet, domain, drop } = await onMemory({ factEvents: true });
    await wallets.add(Wallet.fill("w", 1));
    await wallets.update("w", (wallet) => wallet.fill(2));
    drop("w");
    await wallets.update("w", (wallet) => wallet.fill(3));
    const facts: unknown[] = [];
    for await (const { version, state } of domain.factsFor(Wallet).read("w")) facts.push([version, state.balance]);
    expect(facts).toEqual([
      [0, 1],
      [1, 3],
      [2, 6],
    ]);
  });
});

describe("an aggregate stored as both, whose state is the truth", () => {
  it("is loaded from its row, and never folded", async () => {
    const { wallets, Wallet, append, drop } = await onMemory({ truth: "state" });
    await wallets.add(Wallet.fill("w", 1));
    await append("w", 10);
    expect(await stateOf(wallets)).toEqual({ balance: 1, notes: ["+1"], version: 0 });
    drop("w");
    expect([await wallets.find("w"), await wallets.exists("w"), await wallets.count()]).toEqual([undefined, false, 0]);
  });

  it("takes assignments beside events, and counts its saves", async () => {
    const { wallets, Wallet, domain } = await onMemory({ truth: "state" });
    await wallets.add(Wallet.fill("w", 1));
    await wallets.update("w", (wallet) => {
      wallet.owner = "ann";
      wallet.fill(2);
      wallet.fill(3);
    });
    expect(await wallets.get("w")).toMatchObject({ owner: "ann", balance: 6, version: 1 });
    expect((await domain.eventStore.readLast("shop::wallet-w"))?.position).toBe(2);
  });

  it("keeps its events when it is deleted", async () => {
    const { wallets, Wallet, domain } = await onMemory({ truth: "state" });
    await wallets.add(Wallet.fill("w", 1));
    await wallets.delete("w");
    expect(await wallets.exists("w")).toBe(false);
    expect((await domain.eventStore.readLast("shop::wallet-w"))?.position).toBe(0);
  });

  it("has no earlier states, no history and no snapshots", async () => {
    const { wallets, Wallet, domain } = await onMemory({ truth: "state" });
    await wallets.add(Wallet.fill("w", 1));
    const because = 'its state is the truth (truth: "state"), and its events cannot rebuild it';
    await expect(wallets.get("w", { atVersion: 0 })).rejects.toThrow(because);
    expect(() => wallets.history("w")).toThrow(because);
    await expect(domain.createSnapshot(Wallet, "w")).rejects.toThrow(
      "Cannot create a snapshot of Wallet: its state is the truth, and a load reads its row without folding events",
    );
  });
});
