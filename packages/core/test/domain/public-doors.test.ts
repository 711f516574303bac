import { bank } from "../fixtures/bank";

async function openBank() {
  const elements = bank();
  await elements.domain.init();
  const accounts = elements.domain.repositoryFor(elements.Account);
  await accounts.add(elements.Account.open("N-1", "Alice", 10, "7"));
  return { ...elements, accounts };
}

describe("an id that no store could hold", () => {
  it.each([7, "", "\ud800", undefined])("is refused before anything is asked or written: %p", async (id) => {
    const { domain, Account } = await openBank();
    const refusal = { code: "VALIDATION_FAILED", messages: { id: [expect.any(String)] } };
    await expect(domain.createSnapshot(Account, id as string)).rejects.toMatchObject(refusal);
    await expect(domain.snapshotsFor(Account).get(id as string)).rejects.toMatchObject(refusal);
    expect(() => domain.streamFor(Account, id as string)).toThrow(expect.objectContaining(refusal));
    expect(await domain.snapshotsFor(Account).list("7")).toEqual([]);
  });
});

describe("numbers that make no sense", () => {
  it.each([-1, 1.5, Number.NaN, "2"])("are refused as retries: %p", async (retries) => {
    const { accounts } = await openBank();
    const update = accounts.update("7", (account) => account.deposit(1), { retries: retries as number });
    await expect(update).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
    expect((await accounts.get("7")).version).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN, "2"])("are refused as schemaVersionBelow: %p", async (below) => {
    const { domain, Account } = await openBank();
    await domain.createSnapshot(Account, "7");
    const snapshots = domain.snapshotsFor(Account);
    const filter = { schemaVersionBelow: below as number };
    await expect(snapshots.deleteAll(filter)).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
    await expect(snapshots.delete("7", filter)).rejects.toMatchObject({ code: "INCORRECT_USAGE" });
    expect(await snapshots.exists("7")).toBe(true);
  });
});
