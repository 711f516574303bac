import { ageless, TransfersProject } from "../transfers-project";

let project: TransfersProject;
beforeEach(async () => {
  project = new TransfersProject();
  await project.ask("t-1", "t-2");
  await project.step();
});
afterEach(() => project[Symbol.dispose]());

const timers = (...args: string[]) => project.domain("timers", ...args);

describe("domain timers list", () => {
  it("prints the timers that are set, and when they are due", async () => {
    const { stdout, stderr, status } = await timers("list");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout)).toBe(`\
process        id   timer   due
FundsTransfer  t-1  expiry  TIME  in N
FundsTransfer  t-2  expiry  TIME  in N
2 timer(s) are set.
`);
  });

  it("prints documents", async () => {
    expect(JSON.parse((await timers("list", "FundsTransfer", "--id=t-2", "--json")).stdout)).toEqual([
      {
        process: "FundsTransfer",
        id: "t-2",
        name: "expiry",
        dueAt: expect.any(String),
        metadata: {
          correlationId: "r-t-2",
          cause: { eventId: expect.any(String), type: "Bank.TransferAsked.v1", handler: "FundsTransfer" },
        },
      },
    ]);
  });

  it("goes on behind a timer, and says how", async () => {
    expect((await timers("list", "--limit=1")).stderr).toBe(
      "There are more than 1: domain timers list --after FundsTransfer t-1 expiry prints the next ones, --limit=all prints all.\n",
    );
    const behind = await timers("list", "--after", "FundsTransfer", "t-1", "expiry");
    expect(behind.stdout).toContain("1 timer(s) are set.");
    expect((await timers("list", "FundsTransfer", "--limit=1")).stderr).toContain("FundsTransfer --after t-1 expiry ");
    expect((await timers("list", "StandingOrder")).stdout).toBe("No timers are set.\n");
  });

  it.each([
    [["FundTransfer"], 'Domain "bank" has no process manager "FundTransfer"; did you mean "FundsTransfer"?'],
    [["--id=t-1"], "--id needs a process manager: ids are unique only among its instances"],
    [["--after", "t-1"], "Cannot tell where to go on: --after takes <process> <id> <name>, found 1 word(s)"],
  ])("refuses %j", async (args, message) => {
    expect(await timers("list", ...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});

describe("domain timers cancel", () => {
  it("takes a timer away", async () => {
    const { stdout, stderr, status } = await timers("cancel", "FundsTransfer", "t-1", "expiry");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout)).toBe("Cancelled timer expiry of FundsTransfer t-1, which was due TIME, in N.\n");
    expect((await timers("list")).stdout).toContain("1 timer(s) are set.");
    expect(await timers("cancel", "FundsTransfer", "t-1", "expiry")).toEqual({
      stdout: "",
      stderr: 'error: Timer "expiry" of FundsTransfer "t-1" is not set; it has set none\n',
      status: 1,
    });
    const { stdout: document } = await timers("cancel", "FundsTransfer", "t-2", "expiry", "--json");
    expect(JSON.parse(document)).toMatchObject({ id: "t-2", name: "expiry", cancelled: true });
  });

  it.each([
    [["FundTransfer", "t-1", "expiry"], 2, 'no process manager "FundTransfer"; did you mean "FundsTransfer"?'],
    [["FundsTransfer", "t-1", "expiri"], 1, 'Timer "expiri" of FundsTransfer "t-1" is not set; did you mean "expiry"?'],
    [["FundsTransfer", "t-1", "alarm"], 1, 'Timer "alarm" of FundsTransfer "t-1" is not set; it has set expiry'],
  ])("refuses %j", async (args, status, message) => {
    const outcome = await timers("cancel", ...args);
    expect(outcome).toMatchObject({ stdout: "", status });
    expect(outcome.stderr).toContain(message);
  });
});

describe("domain timers fire", () => {
  it("lets a timer fire now, once, and its instance is told by the next server", async () => {
    const { stdout, stderr, status } = await timers("fire", "FundsTransfer", "t-1", "expiry");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout)).toBe(
      "Fired timer expiry of FundsTransfer t-1, which was due TIME, in N; the server of FundsTransfer tells it.\n",
    );
    expect(await timers("fire", "FundsTransfer", "t-1", "expiry")).toMatchObject({ stdout: "", status: 1 });
    await project.step();
    const { stdout: shown } = await project.domain("processes", "show", "FundsTransfer", "t-1");
    expect(shown).toMatch(/^status +ended$/m);
    expect((await project.domain("processes", "show", "FundsTransfer", "t-2")).stdout).toMatch(/^status +running$/m);
  });
});
