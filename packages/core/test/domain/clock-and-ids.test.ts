import { bank } from "../fixtures/bank";

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOON = new Date("2026-02-20T12:00:00Z");

function controlledBank() {
  let made = 0;
  return bank({ clock: { now: () => new Date(NOON) }, ids: { next: () => `id-${++made}` } });
}

describe("a domain's clock and ids", () => {
  it("are those of its options, else the system's clock and UUIDs of version 7", () => {
    const clock = { now: () => NOON };
    const ids = { next: () => "7" };
    const { domain } = bank({ clock, ids });
    expect([domain.clock, domain.ids]).toEqual([clock, ids]);
    const { domain: other } = bank();
    expect(other.clock.now()).toBeInstanceOf(Date);
    expect(other.ids.next()).toMatch(UUID_7);
  });

  it("make the id of an aggregate, its events, its commands and their correlation, and the time of events", async () => {
    const { domain, Account, OpenAccount } = controlledBank();
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "A", holderName: "Alice", openingDeposit: 1 }),
    );
    expect(id).toBe("id-2");
    const event = await domain.eventStore.readLast(domain.streamFor(Account, id));
    expect(event).toMatchObject({
      id: "id-3",
      time: NOON,
      metadata: { correlationId: "id-1", causationId: "id-1", commandType: "Fidelis.OpenAccount.v1" },
    });
    await domain.close();
  });

  it("make the createdAt of snapshots", async () => {
    const { domain, Account, OpenAccount } = controlledBank();
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "A", holderName: "Alice", openingDeposit: 1 }),
    );
    expect((await domain.createSnapshot(Account, id)).createdAt).toEqual(NOON);
    await domain.close();
  });

  it("make the id and the time of an event that is appended without", async () => {
    const { domain } = controlledBank();
    await domain.init();
    await domain.eventStore.append([{ stream: "notes-1", events: [{ type: "Noted", data: {} }] }]);
    expect(await domain.eventStore.readLast("notes-1")).toMatchObject({ id: "id-1", time: NOON });
    await domain.close();
  });

  it("serve the units of work of their own domain, not those of another inside of them, nor what is outside", async () => {
    const { domain, Account } = controlledBank();
    const { domain: other, Account: OtherAccount } = bank();
    await domain.init();
    await other.init();
    await domain.unitOfWork(async () => {
      expect(Account.createNew().id).toMatch(/^id-\d+$/);
      await other.unitOfWork(() => expect(OtherAccount.createNew().id).toMatch(UUID_7));
      expect(Account.createNew().id).toMatch(/^id-\d+$/);
    });
    expect(Account.createNew().id).toMatch(UUID_7);
    await domain.close();
    await other.close();
  });
});
