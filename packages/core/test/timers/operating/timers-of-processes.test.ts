import { NOW, streamOf, Transfers } from "../../process-managers/operating/transfers";

let bank: Transfers;
beforeEach(async () => {
  bank = new Transfers();
  await bank.domain.init();
});
afterEach(() => bank.domain.close());

const names = (timers: readonly { readonly process: string; readonly id: string; readonly name: string }[]) =>
  timers.map(({ process, id, name }) => `${process} ${id} ${name}`);

describe("domain.timers()", () => {
  it("lists timers with their instances, when they are due, and what has led to them", async () => {
    expect(await bank.domain.timers()).toEqual([]);
    await bank.setTimer("t-1", "expiry", NOW + 1_000);
    expect(await bank.domain.timers()).toEqual([
      {
        process: "FundsTransfer",
        id: "t-1",
        name: "expiry",
        dueAt: new Date(NOW + 1_000),
        metadata: { correlationId: "r-1" },
      },
    ]);
  });

  it("goes on behind any timer, of one process manager or one instance", async () => {
    for (const id of ["t-1", "t-2"]) for (const name of ["reminder", "expiry"]) await bank.setTimer(id, name, NOW);
    await bank.setTimer("t-1-b", "expiry", NOW);
    await bank.setTimer("o-1", "expiry", NOW, "StandingOrder");
    const all = [
      "FundsTransfer t-1 expiry",
      "FundsTransfer t-1 reminder",
      "FundsTransfer t-1-b expiry",
      "FundsTransfer t-2 expiry",
      "FundsTransfer t-2 reminder",
      "StandingOrder o-1 expiry",
    ];
    const list = bank.domain.timers.bind(bank.domain);
    expect(names(await list())).toEqual(all);
    const third = await list({ limit: 3 });
    expect(names(third)).toEqual(all.slice(0, 3));
    expect(names(await list({ after: third.at(-1)! }))).toEqual(all.slice(3));
    expect(names(await list({ process: "StandingOrder" }))).toEqual(all.slice(5));
    expect(names(await list({ process: "FundsTransfer", after: third.at(-1)! }))).toEqual(all.slice(3, 5));
    expect(names(await list({ process: "FundsTransfer", id: "t-1" }))).toEqual(all.slice(0, 2));
    const first = { process: "FundsTransfer", id: "t-1", name: "expiry" };
    expect(names(await list({ process: "FundsTransfer", id: "t-1", after: first }))).toEqual(all.slice(1, 2));
    expect(names(await list({ process: "FundsTransfer", id: "t-9" }))).toEqual([]);
  });

  it("refuses a name that no process manager has", async () => {
    await expect(bank.domain.timers({ process: "FundTransfer" })).rejects.toThrow(
      'Cannot list the timers of "FundTransfer": there is no process manager of this name; did you mean "FundsTransfer"?',
    );
    await expect(bank.domain.timers({ id: "t-1" })).rejects.toThrow('give the "process"');
  });
});

describe("domain.cancelTimer()", () => {
  it("takes a timer away, and leaves the others", async () => {
    await bank.setTimer("t-1", "expiry", NOW + 1_000);
    await bank.setTimer("t-1", "reminder", NOW + 1_000);
    const expiry = { process: "FundsTransfer", id: "t-1", name: "expiry" };
    expect(await bank.domain.cancelTimer(expiry)).toBe(true);
    expect(names(await bank.domain.timers())).toEqual(["FundsTransfer t-1 reminder"]);
    expect(await bank.domain.cancelTimer(expiry)).toBe(false);
    expect(await bank.eventsOf("t-1")).toEqual([]);
  });

  it("refuses a name that no process manager has", async () => {
    await expect(bank.domain.cancelTimer({ process: "FundTransfer", id: "t-1", name: "expiry" })).rejects.toThrow(
      'Cannot cancel a timer of "FundTransfer": there is no process manager of this name; did you mean "FundsTransfer"?',
    );
  });
});

describe("domain.fireTimer()", () => {
  const expiry = { process: "FundsTransfer", id: "t-1", name: "expiry" };

  it("lets a timer fire before it is due, once, with what has led to it", async () => {
    await bank.setTimer("t-1", "expiry", NOW + 600_000);
    expect(await bank.domain.fireTimer(expiry)).toBe(true);
    expect(await bank.domain.fireTimer(expiry)).toBe(false);
    expect(await bank.domain.timers()).toEqual([]);
    expect(await bank.eventsOf("t-1")).toEqual([
      {
        type: "Bank.FundsTransferTimerFired.v1",
        data: { name: "expiry", timerId: "t-1-expiry", dueAt: NOW + 600_000 },
        metadata: { correlationId: "r-1" },
      },
    ]);
  });

  it("fires once for many who ask at once", async () => {
    await bank.setTimer("t-1", "expiry", NOW + 600_000);
    await Promise.all(Array.from({ length: 8 }, () => bank.domain.fireTimer(expiry)));
    expect(await bank.eventsOf("t-1")).toHaveLength(1);
  });

  it("fires one that is set anew while it is asked for", async () => {
    await bank.setTimer("t-1", "expiry", NOW + 600_000);
    const { timers } = bank.store.operations;
    const ofOwner = timers.ofOwner.bind(timers);
    const reads = jest.spyOn(timers, "ofOwner").mockImplementationOnce((owner) => {
      const read = ofOwner(owner);
      void bank.setTimer("t-1", "expiry", NOW + 900_000);
      return read;
    });
    expect(await bank.domain.fireTimer(expiry)).toBe(true);
    expect(reads).toHaveBeenCalledTimes(2);
    expect(await bank.eventsOf("t-1")).toMatchObject([{ data: { dueAt: NOW + 900_000 } }]);
  });

  it("moves the position that this process has written", async () => {
    await bank.setTimer("t-1", "expiry", NOW);
    expect(bank.domain.position()).toBe("0");
    await bank.domain.fireTimer(expiry);
    expect(bank.domain.position()).toBe("1");
    expect(await bank.eventsOf("t-1")).toHaveLength(1);
    expect(streamOf("t-1")).toBe("bank::funds_transfer-t-1");
  });
});
