import type { RecordedEvent } from "../../../src/index";
import { issuedCommandId } from "../../../src/process-managers/issued-command-id";
import { Transfers } from "./transfers";

let bank: Transfers;
beforeEach(async () => {
  bank = new Transfers();
  await bank.domain.init();
});
afterEach(() => bank.domain.close());

async function stored(stream: string, type: string, data: object): Promise<RecordedEvent> {
  await bank.domain.eventStore.append([{ stream, events: [{ id: "e-1", type, data }] }]);
  return (await bank.domain.eventStore.readLast(stream))!;
}

describe("domain.processSteps()", () => {
  it("tells the instances that an event is for, of all process managers, with the methods", async () => {
    const event = await stored("bank::account-a-1", "Bank.TransferAsked.v1", { transferId: "t-1", amount: 5 });
    expect(bank.domain.processSteps(event)).toEqual([
      { process: "FundsTransfer", id: "t-1", method: "FundsTransfer.ask", beforeStart: "start", issued: [] },
      { process: "StandingOrder", id: "t-1", method: "StandingOrder.ask", beforeStart: "start", issued: [] },
    ]);
  });

  it("tells which of several instances issues which command", async () => {
    const event = await stored("bank::account-a-1", "Bank.TransfersAsked.v1", { transferIds: ["t-1", "t-2"] });
    const [first, second] = ["t-1", "t-2"].map((id) => issuedCommandId("FundsTransfer", id, "e-1", 1));
    expect(bank.domain.processSteps(event, [second!, "another", first!])).toEqual([
      { process: "FundsTransfer", id: "t-1", method: "FundsTransfer.askAll", beforeStart: "start", issued: [first] },
      { process: "FundsTransfer", id: "t-2", method: "FundsTransfer.askAll", beforeStart: "start", issued: [second] },
    ]);
  });

  it("tells the instance whose timer has fired, and the one whose command was refused", async () => {
    const fired = await stored("bank::funds_transfer-t-1", "Bank.FundsTransferTimerFired.v1", { name: "expiry" });
    expect(bank.domain.processSteps(fired)).toMatchObject([
      { process: "FundsTransfer", id: "t-1", method: "FundsTransfer.expired" },
    ]);
    const type = "Bank.FundsTransferCommandRejected.v1";
    const rejected = { ...fired, type, data: { commandType: "Bank.Withdraw.v1" } };
    expect(bank.domain.processSteps(rejected)).toMatchObject([{ id: "t-1", method: "FundsTransfer.refused" }]);
    expect(bank.domain.processSteps({ ...fired, data: { name: "gone" } })).toEqual([]);
  });

  it("tells nothing of other events, and of those that cannot be read", async () => {
    const other = await stored("bank::till-1", "Bank.TillOpened.v1", {});
    expect(bank.domain.processSteps(other)).toEqual([]);
    const event = { ...other, stream: "bank::account-a-1", type: "Bank.TransfersAsked.v1" };
    expect(bank.domain.processSteps(event)).toEqual([]);
  });
});
