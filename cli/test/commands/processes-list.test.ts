import { ageless, TransfersProject } from "../transfers-project";

let project: TransfersProject;
beforeEach(() => {
  project = new TransfersProject();
});
afterEach(() => project[Symbol.dispose]());

const list = (...args: string[]) => project.domain("processes", "list", ...args);

describe("domain processes list", () => {
  it("says when there is no instance", async () => {
    expect(await list()).toEqual({ stdout: "No instances.\n", stderr: "", status: 0 });
    expect(await list("FundsTransfer", "--json")).toEqual({ stdout: "[]\n", stderr: "", status: 0 });
  });

  it("prints how far each is, and what it waits for", async () => {
    await project.ask("t-1", "t-2");
    await project.step();
    const { stdout, stderr, status } = await list();
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout)).toBe(`\
process        id   status   steps  timers  commands  kept  age  error
FundsTransfer  t-1  running      1       1         1     0  N
FundsTransfer  t-2  running      1       1         1     0  N
2 instance(s).
`);
  });

  it("prints documents", async () => {
    await project.ask("t-1");
    await project.step();
    expect(JSON.parse((await list("--json")).stdout)).toEqual([
      {
        process: "FundsTransfer",
        id: "t-1",
        stream: "bank::funds_transfer-t-1",
        status: "running",
        steps: 1,
        startedAt: expect.any(String),
        changedAt: expect.any(String),
        timers: [{ name: "expiry", dueAt: expect.any(String) }],
        waiting: 0,
        commands: 1,
      },
    ]);
  });

  it("goes on behind an instance, and says how", async () => {
    await project.ask("t-1", "t-2", "t 3");
    await project.step();
    const first = await list("--limit=2");
    expect(first.stderr).toBe(
      "There are more than 2: domain processes list --after FundsTransfer t-1 prints the next ones, --limit=all prints all.\n",
    );
    expect(first.stdout).toContain("2 instance(s).");
    expect((await list("--after", "FundsTransfer", "t-1")).stdout).toMatch(/t-2 .*\n1 instance\(s\)\.\n$/);
    expect((await list("FundsTransfer", "--limit=1", "--status=running")).stderr).toContain(
      "domain processes list FundsTransfer --status=running --after 't 3' prints",
    );
    expect((await list("FundsTransfer", "--after", "t 3")).stdout).toContain("2 instance(s) of FundsTransfer.");
    expect((await list("--limit=all")).stdout).toContain("3 instance(s).");
  });

  it("prints those of one process manager, and of one status", async () => {
    await project.ask("t-1");
    await project.step();
    expect((await list("StandingOrder")).stdout).toBe("No instances of StandingOrder.\n");
    expect((await list("--process=FundsTransfer")).stdout).toContain("1 instance(s) of FundsTransfer.");
    expect((await list("--status=ended")).stdout).toBe("No instances.\n");
    expect(await list("--status=over")).toMatchObject({
      stderr:
        "error: option '--status <status>' argument 'over' is invalid. Allowed choices are awaiting, running, ended.\n",
      status: 2,
    });
  });

  it.each([
    [["FundTransfer"], 'Domain "bank" has no process manager "FundTransfer"; did you mean "FundsTransfer"?'],
    [["Loans"], 'Domain "bank" has no process manager "Loans"; it has FundsTransfer, StandingOrder'],
    [["--after", "Loans", "t-1"], 'Domain "bank" has no process manager "Loans"; it has FundsTransfer, StandingOrder'],
    [["--after", "t-1"], "Cannot tell where to go on: --after takes <process> <id>, found 1 word(s)"],
    [["A", "--process=B"], 'Cannot list two process managers at once: "A" and "B"'],
  ])("refuses %j", async (args, message) => {
    expect(await list(...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});
