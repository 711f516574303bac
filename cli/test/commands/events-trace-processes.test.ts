import { ageless, TransfersProject } from "../transfers-project";

let project: TransfersProject;
beforeEach(() => {
  project = new TransfersProject();
});
afterEach(() => project[Symbol.dispose]());

const trace = async (...args: string[]) => ageless((await project.domain("events", "trace", ...args)).stdout);

describe("domain events trace", () => {
  it("shows which process was told, what it has issued and the state of that in the queue, and its timers", async () => {
    await project.ask("t-1");
    expect(await trace("r-t-1")).toBe(`\
└─ Bank.AskTransfer.v1 (UUID)
   └─ TIME  Bank.TransferAsked.v1  bank::transfer-t-1 at 0  {"transferId":"t-1","from":"alice","to":"bob","amount":50}
      └─ process FundsTransfer t-1, FundsTransfer.ask (not yet)
1 event(s) of 1 command(s).
`);
    await project.step();
    expect(await trace("r-t-1")).toBe(`\
└─ Bank.AskTransfer.v1 (UUID)
   └─ TIME  Bank.TransferAsked.v1  bank::transfer-t-1 at 0  {"transferId":"t-1","from":"alice","to":"bob","amount":50}
      └─ process FundsTransfer t-1, FundsTransfer.ask
         ├─ Bank.Withdraw.v1 (UUID), waiting
         └─ timer expiry due at TIME
1 event(s) of 2 command(s).
`);
    await project.settle("parked", { error: { name: "Error", message: "disk full" } });
    expect(await trace("r-t-1")).toContain("├─ Bank.Withdraw.v1 (UUID), parked: disk full\n");
  });

  it("shows the whole story of a process that has ended", async () => {
    await project.give("alice", 100);
    await project.ask("t-1");
    await project.domain("server", "--once");
    expect(await trace("r-t-1")).toBe(`\
└─ Bank.AskTransfer.v1 (UUID)
   └─ TIME  Bank.TransferAsked.v1  bank::transfer-t-1 at 0  {"transferId":"t-1","from":"alice","to":"bob","amount":50}
      └─ process FundsTransfer t-1, FundsTransfer.ask
         └─ Bank.Withdraw.v1 (UUID)
            └─ TIME  Bank.Withdrawn.v1  bank::account-alice at 1  {"accountId":"alice","amount":50,"reference":"t-1"}
               └─ process FundsTransfer t-1, FundsTransfer.taken
                  └─ Bank.Deposit.v1 (UUID)
                     └─ TIME  Bank.Deposited.v1  bank::account-bob at 0  {"accountId":"bob","amount":50,"reference":"t-1"}
                        ├─ process FundsTransfer t-1, FundsTransfer.given
                        └─ process StandingOrder t-1, StandingOrder.given
3 event(s) of 3 command(s).
`);
  });

  it("shows a refusal, and who was told of it", async () => {
    await project.give("alice", 10);
    await project.ask("t-1");
    await project.domain("server", "--once");
    const story = await trace("r-t-1");
    expect(story).toContain(`
      └─ process FundsTransfer t-1, FundsTransfer.ask
         └─ Bank.Withdraw.v1 (UUID), refused: `);
    expect(story).toContain(`
            └─ TIME  Bank.FundsTransferCommandRejected.v1  bank::funds_transfer-t-1 at 0  `);
    expect(story).toContain(`
               └─ process FundsTransfer t-1, FundsTransfer.refused
2 event(s) of 2 command(s).
`);
  });

  it("shows a timer that has fired, and who was told of it", async () => {
    await project.ask("t-1");
    await project.step();
    await project.domain("timers", "fire", "FundsTransfer", "t-1", "expiry");
    await project.step();
    expect(await trace("r-t-1")).toMatch(
      /\n {6}└─ process FundsTransfer t-1, FundsTransfer.ask\n {9}├─ TIME {2}Bank.FundsTransferTimerFired.v1 {2}bank::funds_transfer-t-1 at 0 {2}.*\n {9}│ {2}└─ process FundsTransfer t-1, FundsTransfer.expired\n {9}└─ Bank.Withdraw.v1 \(UUID\), waiting\n/,
    );
  });

  it("leaves out processes that have passed over an event, and says which are set aside", async () => {
    await project.give("alice", 10);
    await project.ask("unlucky");
    await project.step();
    expect(await trace("r-unlucky")).toContain(
      "process FundsTransfer unlucky, FundsTransfer.ask (set aside: unlucky)\n",
    );
    const [seeded] = JSON.parse((await project.domain("events", "search", "--type=Deposited", "--json")).stdout) as [
      { metadata: { correlationId: string } },
    ];
    const story = await trace(seeded.metadata.correlationId);
    expect(story).toContain("process StandingOrder seed-alice, StandingOrder.given\n");
    expect(story).not.toContain("FundsTransfer");
  });

  it("prints documents of all of it", async () => {
    await project.ask("t-1");
    await project.step();
    const { stdout } = await project.domain("events", "trace", "r-t-1", "--json");
    const [command] = (JSON.parse(stdout) as { tree: [{ children: [{ children: [object] }] }] }).tree;
    expect(command.children[0].children).toEqual([
      {
        kind: "process",
        name: "FundsTransfer",
        id: "t-1",
        method: "FundsTransfer.ask",
        event: { id: expect.any(String), type: "Bank.TransferAsked.v1" },
        children: [
          {
            kind: "command",
            id: expect.any(String),
            type: "Bank.Withdraw.v1",
            queued: { state: "waiting", lane: "bank", dueAt: expect.any(String), attempts: 0 },
            children: [],
          },
          expect.objectContaining({ kind: "timer", process: "FundsTransfer", id: "t-1", name: "expiry", children: [] }),
        ],
      },
    ]);
  });
});
