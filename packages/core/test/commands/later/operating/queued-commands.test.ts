import { CommandStateError, ObjectNotFoundError } from "../../../../src/index";
import { NOW, Transfers } from "../../../process-managers/operating/transfers";

let bank: Transfers;
beforeEach(async () => {
  bank = new Transfers();
  await bank.domain.init();
});
afterEach(() => bank.domain.close());

const ids = (commands: readonly { readonly id: string }[]) => commands.map(({ id }) => id);

describe("domain.commands", () => {
  it("still names the registered commands", () => {
    expect(bank.domain.commands.get("Withdraw")).toBe(bank.commands.Withdraw);
    expect([...bank.domain.commands.keys()]).toEqual(["Withdraw"]);
  });

  it("lists what lies in the queue, with who has issued it and what its events will carry", async () => {
    await bank.enqueue("c-1", { issuedBy: "t-1", priority: 5, expires: { at: NOW + 1_000 } });
    expect(await bank.domain.commands()).toEqual([
      {
        id: "c-1",
        type: "Bank.Withdraw.v1",
        state: "waiting",
        lane: "default",
        priority: 5,
        dueAt: new Date(NOW),
        expiresAt: new Date(NOW + 1_000),
        attempts: 0,
        issuedBy: { process: "FundsTransfer", id: "t-1" },
        command: { accountId: "a-1", amount: 50 },
        metadata: { correlationId: "r-1", causationId: "c-1", commandType: "Bank.Withdraw.v1" },
      },
    ]);
  });

  it("tells which worker has one, and what came of those that are finished", async () => {
    await bank.enqueue("c-1");
    await bank.claim();
    await bank.enqueue("c-2");
    await bank.settle("c-2", "done", { result: 7 });
    await bank.enqueue("c-3");
    await bank.settle("c-3", "parked", { error: { name: "Error", message: "disk full" } });
    expect(await bank.domain.commands()).toMatchObject([
      { id: "c-1", state: "running", worker: "w-1" },
      { id: "c-2", state: "done", result: 7, finishedAt: expect.any(Date) },
      { id: "c-3", state: "parked", attempts: 3, error: { name: "Error", message: "disk full" } },
    ]);
    expect(await bank.domain.commandHandle("c-2").status()).toMatchObject({ id: "c-2", state: "done" });
  });

  it("lists by state, lane, type and instance, and goes on behind any of them", async () => {
    await bank.enqueue("c-1", { issuedBy: "t-1" });
    await bank.enqueue("c-2", { lane: "bulk" });
    await bank.enqueue("c-3", { type: "Bank.Import.v1" });
    await bank.settle("c-3", "done");
    const list = async (options: object) => ids(await bank.domain.commands(options));
    expect(await list({})).toEqual(["c-1", "c-2", "c-3"]);
    expect(await list({ after: "c-1", limit: 1 })).toEqual(["c-2"]);
    expect(await list({ states: ["done", "refused"] })).toEqual(["c-3"]);
    expect(await list({ lanes: ["bulk"] })).toEqual(["c-2"]);
    expect(await list({ types: ["Bank.Import.v1"] })).toEqual(["c-3"]);
    expect(await list({ issuedBy: { process: "FundsTransfer", id: "t-1" } })).toEqual(["c-1"]);
    await expect(list({ issuedBy: { process: "FundTransfer", id: "t-1" } })).rejects.toThrow(
      'Cannot list the commands of "FundTransfer": there is no process manager of this name; did you mean "FundsTransfer"?',
    );
  });
});

describe("domain.cancelCommand()", () => {
  it("cancels one that waits, and notes who has asked and why", async () => {
    await bank.enqueue("c-1");
    expect(await bank.domain.cancelCommand("c-1", { by: "ann", reason: "typed twice" })).toMatchObject({
      id: "c-1",
      state: "cancelled",
      by: "ann",
      reason: "typed twice",
      finishedAt: expect.any(Date),
      error: {
        name: "CommandCancelledError",
        code: "COMMAND_CANCELLED",
        message: 'Command "c-1" (Bank.Withdraw.v1) was cancelled by ann: typed twice',
      },
    });
  });

  it("tells the instance that has issued it, in the same transaction", async () => {
    await bank.enqueue("c-1", { issuedBy: "t-1" });
    await bank.domain.cancelCommand("c-1", { by: "ann" });
    expect(await bank.eventsOf("t-1")).toEqual([
      {
        type: "Bank.FundsTransferCommandRejected.v1",
        data: {
          commandId: "c-1",
          number: 0,
          commandType: "Bank.Withdraw.v1",
          command: { accountId: "a-1", amount: 50 },
          reason: {
            name: "CommandCancelledError",
            code: "COMMAND_CANCELLED",
            message: 'Command "c-1" (Bank.Withdraw.v1) was cancelled by ann',
            details: { id: "c-1", command: "Bank.Withdraw.v1", by: "ann" },
          },
        },
        metadata: { correlationId: "r-1", causationId: "c-1", commandType: "Bank.Withdraw.v1" },
      },
    ]);
    await expect(bank.domain.cancelCommand("c-1")).rejects.toThrow(CommandStateError);
    expect(await bank.eventsOf("t-1")).toHaveLength(1);
  });

  it("cancels one that is parked: the later ones of its instance go on", async () => {
    await bank.enqueue("c-1", { issuedBy: "t-1", number: 0 });
    await bank.enqueue("c-2", { issuedBy: "t-1", number: 1 });
    await bank.settle("c-1", "parked");
    const claim = () =>
      bank.store.operations.commandQueue.claim({
        worker: "w-1",
        lanes: ["default"],
        limit: 5,
        oldest: 0,
        claimMs: 1_000,
        now: NOW,
      });
    expect(ids(claim())).toEqual([]);
    await bank.domain.cancelCommand("c-1");
    expect(ids(claim())).toEqual(["c-2"]);
  });

  it("refuses one that a worker has, and cancels it once the claim has run out", async () => {
    await bank.enqueue("c-1", { issuedBy: "t-1" });
    await bank.claim(10_000);
    await expect(bank.domain.cancelCommand("c-1")).rejects.toMatchObject({
      code: "COMMAND_STATE",
      message:
        'Cannot cancel command "c-1" (Bank.Withdraw.v1): worker w-1 has it, until 2026-02-20T12:00:10.000Z at least; it may have been carried out by then',
      details: { id: "c-1", state: "running", worker: "w-1" },
    });
    expect(await bank.eventsOf("t-1")).toEqual([]);
    bank.clock.now = () => new Date(NOW + 10_001);
    expect(await bank.domain.cancelCommand("c-1")).toMatchObject({ state: "cancelled" });
  });

  it("refuses one that is finished, and one that there is not", async () => {
    await bank.enqueue("c-1");
    await bank.settle("c-1", "done");
    await expect(bank.domain.cancelCommand("c-1")).rejects.toThrow(
      'Cannot cancel command "c-1" (Bank.Withdraw.v1): it is finished: done',
    );
    await expect(bank.domain.cancelCommand("c-9")).rejects.toThrow(ObjectNotFoundError);
  });

  it("looks again at one that has changed meanwhile", async () => {
    await bank.enqueue("c-1");
    const { commandQueue } = bank.store.operations;
    const find = commandQueue.find.bind(commandQueue);
    jest.spyOn(commandQueue, "find").mockImplementationOnce((id) => {
      const entry = find(id);
      void bank.settle("c-1", "done");
      return entry;
    });
    await expect(bank.domain.cancelCommand("c-1")).rejects.toThrow("it is finished: done");
  });
});

describe("domain.retryCommand()", () => {
  it("lets a parked one wait again, with attempts and claims from 0, and keeps its error", async () => {
    await bank.enqueue("c-1");
    await bank.claim();
    await bank.settle("c-1", "parked", { error: { name: "Error", message: "disk full" } });
    expect(await bank.domain.retryCommand("c-1", { by: "ann" })).toMatchObject({
      id: "c-1",
      state: "waiting",
      attempts: 0,
      by: "ann",
      error: { message: "disk full" },
    });
    expect(bank.store.operations.commandQueue.find("c-1")).toMatchObject({ claims: 0, attempts: 0 });
  });

  it("refuses one that is not parked, and one that there is not", async () => {
    await bank.enqueue("c-1");
    await expect(bank.domain.retryCommand("c-1")).rejects.toThrow(
      'Cannot retry command "c-1" (Bank.Withdraw.v1): it is not parked, but waiting',
    );
    await expect(bank.domain.retryCommand("c-9")).rejects.toThrow('There is no queued command with id "c-9" to retry');
  });

  it("lets one of many who ask at once retry it", async () => {
    await bank.enqueue("c-1");
    await bank.settle("c-1", "parked");
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => bank.domain.retryCommand("c-1")));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
