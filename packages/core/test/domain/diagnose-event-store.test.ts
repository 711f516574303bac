import { type Diagnosis, Domain, MemoryEventStore } from "@tidemark/core";

const DIAGNOSIS: Diagnosis = { name: "flush", verdict: "danger", finding: "It is off.", advice: "Switch it on." };

/** A store of somebody else's that has something to tell. */
class LedgerStore extends MemoryEventStore {
  opened = 0;
  closed = 0;

  override open(): void {
    this.opened++;
    super.open();
  }

  override close(): void {
    this.closed++;
    super.close();
  }

  diagnose(): readonly Diagnosis[] {
    return [DIAGNOSIS];
  }
}

describe("diagnoseEventStore", () => {
  it("says of a store that looks for nothing whether it keeps anything", async () => {
    const domain = new Domain("bank", { eventStore: new MemoryEventStore() });
    expect(await domain.diagnoseEventStore()).toEqual({ eventStore: "memory of this process", isDurable: false });
  });

  it("works before init() and leaves a store that was given as it is", async () => {
    const eventStore = new LedgerStore();
    const domain = new Domain("bank", { eventStore });
    expect(await domain.diagnoseEventStore()).toEqual({
      eventStore: eventStore.description,
      isDurable: false,
      diagnoses: [DIAGNOSIS],
    });
    expect(eventStore).toMatchObject({ opened: 0, closed: 0 });
  });

  it("asks the store of a running domain, which goes on", async () => {
    const eventStore = new LedgerStore();
    const domain = new Domain("bank", { eventStore });
    await domain.init();
    expect((await domain.diagnoseEventStore()).diagnoses).toEqual([DIAGNOSIS]);
    expect(eventStore).toMatchObject({ opened: 1, closed: 0 });
    await domain.eventStore.append([{ stream: "bank::account-1", events: [{ type: "Bank.Opened.v1", data: {} }] }]);
    await domain.close();
    expect(eventStore.closed).toBe(1);
  });

  it("refuses a faulty configuration", async () => {
    const domain = new Domain("bank", { config: { event_store: { provider: "memory", path: "x" } as never } });
    await expect(domain.diagnoseEventStore()).rejects.toMatchObject({ code: "INVALID_CONFIGURATION" });
  });
});
