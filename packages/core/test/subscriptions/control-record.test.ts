import { MemoryEventStore } from "../../src/ports/memory/memory-event-store";
import { ControlRecord } from "../../src/subscriptions/control-record";

const PAUSE = { at: "2026-01-01T00:00:00.000Z", by: "ann", reason: "the mail server moves" };
const HALT = { at: "2026-01-01T00:00:00.000Z", server: "s-1", message: "550", class: "handler", position: 7 };

describe("ControlRecord", () => {
  it("is empty before anybody has paused anything", async () => {
    const record = new ControlRecord("shop", new MemoryEventStore().operations);
    expect(await record.read()).toMatchObject({ paused: new Map(), halted: new Map() });
  });

  it("keeps pauses by name and halts by identity, for every process on the store", async () => {
    const { operations } = new MemoryEventStore();
    const [one, other] = [new ControlRecord("shop", operations), new ControlRecord("shop", operations)];
    await one.pause("Mail", PAUSE);
    await other.noteHalt("Orders.v2", HALT);
    expect(await one.read()).toMatchObject({
      paused: new Map([["Mail", PAUSE]]),
      halted: new Map([["Orders.v2", HALT]]),
    });
    expect((await new ControlRecord("bank", operations).read()).paused.size).toBe(0);
  });

  it("ends pause and halt together, and says whether there was one", async () => {
    const record = new ControlRecord("shop", new MemoryEventStore().operations);
    await record.pause("Orders", PAUSE);
    await record.pause("Mail", PAUSE);
    await record.noteHalt("Orders.v2", HALT);
    expect(await record.resume("Orders", ["Orders.v1", "Orders.v2"])).toBe(true);
    expect(await record.read()).toMatchObject({ paused: new Map([["Mail", PAUSE]]), halted: new Map() });
    expect(await record.resume("Orders", ["Orders.v2"])).toBe(false);
  });

  it("forgets halts alone where a server starts again", async () => {
    const record = new ControlRecord("shop", new MemoryEventStore().operations);
    await record.pause("Mail", PAUSE);
    await record.noteHalt("Mail", HALT);
    expect(await record.clearHalts(["Mail", "Orders.v1"])).toBe(true);
    expect(await record.clearHalts(["Mail"])).toBe(false);
    expect(await record.read()).toMatchObject({ paused: new Map([["Mail", PAUSE]]), halted: new Map() });
  });

  it("loses no change where several processes change it at the same time", async () => {
    const { operations } = new MemoryEventStore();
    const names = Array.from({ length: 20 }, (_, index) => `Handler${index}`);
    await Promise.all(names.map((name) => new ControlRecord("shop", operations).pause(name, PAUSE)));
    const { paused } = await new ControlRecord("shop", operations).read();
    expect([...paused.keys()].sort()).toEqual([...names].sort());
  });
});
