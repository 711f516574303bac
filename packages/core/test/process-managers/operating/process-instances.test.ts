import { ObjectNotFoundError } from "../../../src/index";
import { NOW, streamOf, Transfers } from "./transfers";

let bank: Transfers;
beforeEach(async () => {
  bank = new Transfers();
  await bank.domain.init();
});
afterEach(() => bank.domain.close());

const ids = (statuses: readonly { readonly process: string; readonly id: string }[]) =>
  statuses.map(({ process, id }) => `${process} ${id}`);

describe("domain.processes()", () => {
  it("has nothing to list where no instance is stored", async () => {
    expect(await bank.domain.processes()).toEqual([]);
  });

  it("says of each instance how far it is, and what it waits for", async () => {
    await bank.putTransfer("t-1", { steps: 3, commands: 2, timers: { expiry: "t-1-expiry" }, changedAt: NOW - 1_000 });
    await bank.setTimer("t-1", "expiry", NOW + 600_000);
    await bank.enqueue("c-0", { issuedBy: "t-1", number: 0 });
    await bank.enqueue("c-1", { issuedBy: "t-1", number: 1 });
    await bank.settle("c-0", "done");
    expect(await bank.domain.processes()).toEqual([
      {
        process: "FundsTransfer",
        id: "t-1",
        stream: streamOf("t-1"),
        status: "running",
        steps: 3,
        startedAt: new Date(NOW - 60_000),
        changedAt: new Date(NOW - 1_000),
        timers: [{ name: "expiry", dueAt: new Date(NOW + 600_000) }],
        waiting: 0,
        commands: 1,
      },
    ]);
  });

  it("lists those that keep events until they start, and those that have ended", async () => {
    const nothing = { state: undefined, startedAt: undefined } as unknown as { startedAt: number };
    await bank.putTransfer("t-1", { ...nothing, status: "awaiting", steps: 0, kept: [4, 7] });
    await bank.putTransfer("t-2", { status: "ended", endedAt: NOW });
    expect(await bank.domain.processes()).toMatchObject([
      { id: "t-1", status: "awaiting", steps: 0, waiting: 2 },
      { id: "t-2", status: "ended", endedAt: new Date(NOW), waiting: 0 },
    ]);
    expect((await bank.domain.processes())[0]).not.toHaveProperty("startedAt");
    expect(ids(await bank.domain.processes({ status: "ended" }))).toEqual(["FundsTransfer t-2"]);
    expect(ids(await bank.domain.processes({ status: "running" }))).toEqual([]);
  });

  it("goes on behind any instance, of all process managers in the order of their streams", async () => {
    for (const id of ["t-1", "t-2", "t-3"]) await bank.putTransfer(id);
    for (const id of ["o-1", "o-2"]) await bank.putOrder(id);
    const all = [
      "FundsTransfer t-1",
      "FundsTransfer t-2",
      "FundsTransfer t-3",
      "StandingOrder o-1",
      "StandingOrder o-2",
    ];
    expect(ids(await bank.domain.processes())).toEqual(all);
    const found: string[] = [];
    let after: { process: string; id: string } | undefined;
    for (;;) {
      const page = await bank.domain.processes({ limit: 2, ...(after && { after }) });
      if (page.length === 0) break;
      found.push(...ids(page));
      after = page.at(-1);
    }
    expect(found).toEqual(all);
    expect(ids(await bank.domain.processes({ name: "StandingOrder", limit: 1 }))).toEqual(["StandingOrder o-1"]);
    expect(ids(await bank.domain.processes({ name: "FundsTransfer", id: "t-2" }))).toEqual(["FundsTransfer t-2"]);
    expect(ids(await bank.domain.processes({ name: "FundsTransfer", id: "t-9" }))).toEqual([]);
  });

  it("finds the instances of one status among many others", async () => {
    for (let index = 0; index < 1_200; index++) await bank.putTransfer(`t-${index}`, { status: "ended", endedAt: NOW });
    await bank.putTransfer("t-0500");
    await bank.putTransfer("t-z");
    expect(ids(await bank.domain.processes({ status: "running" }))).toEqual([
      "FundsTransfer t-0500",
      "FundsTransfer t-z",
    ]);
    expect(ids(await bank.domain.processes({ status: "running", limit: 1 }))).toEqual(["FundsTransfer t-0500"]);
  });

  it("gives each instance its own timers, the earliest first", async () => {
    for (const id of ["t-1", "t-2", "t-3"]) {
      await bank.putTransfer(
        id,
        id === "t-2" ? {} : { timers: { expiry: `${id}-expiry`, reminder: `${id}-reminder` } },
      );
      if (id === "t-2") continue;
      await bank.setTimer(id, "expiry", NOW + 2_000);
      await bank.setTimer(id, "reminder", NOW + 1_000);
    }
    const names = (await bank.domain.processes()).map(({ timers }) => timers.map(({ name }) => name));
    expect(names).toEqual([["reminder", "expiry"], [], ["reminder", "expiry"]]);
  });

  it("says why an instance is set aside", async () => {
    await bank.putTransfer("t-1");
    await bank.putTransfer("t-2");
    const data = JSON.stringify({ error: { name: "Error", message: "no such account" }, place: "FundsTransfer.ask" });
    const parked = {
      subscription: "FundsTransfer",
      key: "t-2",
      position: 1,
      state: "parked",
      attempts: 1,
      data,
    } as const;
    await bank.flush({ kind: "putParked", parked, expected: null });
    const [first, second] = await bank.domain.processes();
    expect(first).not.toHaveProperty("parked");
    expect(second).toMatchObject({ id: "t-2", parked: { name: "Error", message: "no such account" } });
  });

  it("refuses a name that no process manager has", async () => {
    await expect(bank.domain.processes({ name: "FundTransfer" })).rejects.toThrow(
      'Cannot list the instances of "FundTransfer": there is no process manager of this name; did you mean "FundsTransfer"?',
    );
    await expect(bank.domain.processes({ name: "Loans" })).rejects.toThrow(
      'Cannot list the instances of "Loans": there is no process manager of this name; there are "FundsTransfer", "StandingOrder"',
    );
    await expect(bank.domain.processes({ id: "t-1" })).rejects.toThrow('give the "name" of its process manager');
  });

  it("refuses a limit that is no whole number, and lists nothing up to 0", async () => {
    await bank.putTransfer("t-1");
    await bank.setTimer("t-1", "expiry", NOW);
    await bank.enqueue("c-1");
    const lists = [
      (limit: number) => bank.domain.processes({ limit }),
      (limit: number) => bank.domain.timers({ limit }),
      (limit: number) => bank.domain.commands({ limit }),
    ];
    for (const list of lists) {
      for (const limit of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
        await expect(list(limit)).rejects.toThrow('"limit" must be a whole number from 0');
      expect(await list(0)).toEqual([]);
      expect(await list(1)).toHaveLength(1);
    }
  });
});

describe("domain.processOf()", () => {
  it("gives the state of an instance with its dates", async () => {
    await bank.putTransfer("t-1", { steps: 2 });
    const details = await bank.domain.processOf(bank.FundsTransfer, "t-1");
    const { amount, asked } = details.state!;
    expect({ amount, asked }).toEqual({ amount: 50, asked: new Date("2026-02-20T11:59:00.000Z") });
    expect(details).toMatchObject({ process: "FundsTransfer", id: "t-1", status: "running", steps: 2 });
  });

  it("has no state of one that has ended", async () => {
    await bank.putTransfer("t-1", { status: "ended", endedAt: NOW });
    expect(await bank.domain.processOf(bank.FundsTransfer, "t-1")).not.toHaveProperty("state");
  });

  it("refuses an id that no instance has, a class that is not registered, and a state that the code cannot read", async () => {
    await expect(bank.domain.processOf(bank.FundsTransfer, "t-9")).rejects.toThrow(ObjectNotFoundError);
    class Loan extends bank.FundsTransfer {}
    await expect(bank.domain.processOf(Loan, "t-9")).rejects.toThrow(
      'Loan is not a registered process manager of domain "bank"',
    );
    await bank.putTransfer("t-1", { version: 7 });
    await expect(bank.domain.processOf(bank.FundsTransfer, "t-1")).rejects.toMatchObject({
      code: "PROCESS_STATE_UNREADABLE",
    });
  });
});
