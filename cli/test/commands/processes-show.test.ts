import { ageless, TransfersProject } from "../transfers-project";

let project: TransfersProject;
beforeEach(() => {
  project = new TransfersProject();
});
afterEach(() => project[Symbol.dispose]());

const show = (...args: string[]) => project.domain("processes", "show", ...args);

describe("domain processes show", () => {
  it("prints the state of an instance, its timers, and the commands that it waits for", async () => {
    await project.ask("t-1");
    await project.step();
    const { stdout, stderr, status } = await show("FundsTransfer", "t-1");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout)).toBe(`\
process   FundsTransfer
id        t-1
status    running
steps     1
started   TIME, N ago
changed   TIME, N ago
timers    expiry, due TIME, in N
commands  Bank.Withdraw.v1 (UUID), waiting
stream    bank::funds_transfer-t-1
state     {
            "transferId": "t-1",
            "to": "bob",
            "amount": 50,
            "asked": "TIME"
          }
`);
  });

  it("prints a document", async () => {
    await project.ask("t-1");
    await project.step();
    await project.settle("parked", { error: { name: "Error", message: "disk full" } });
    expect(JSON.parse((await show("FundsTransfer", "t-1", "--json")).stdout)).toMatchObject({
      process: "FundsTransfer",
      id: "t-1",
      status: "running",
      commands: 1,
      state: { transferId: "t-1", amount: 50, asked: "1970-01-01T00:00:00.000Z" },
      unreadable: null,
      issued: [{ type: "Bank.Withdraw.v1", state: "parked", error: { message: "disk full" } }],
    });
  });

  it("says why an instance is set aside", async () => {
    await project.ask("unlucky");
    await project.step();
    expect(await show("FundsTransfer", "unlucky")).toEqual({
      stdout: "",
      stderr:
        'error: There is no FundsTransfer with id "unlucky": it has not made a step, and is set aside; domain parked show FundsTransfer unlucky says why\n',
      status: 1,
    });
    await project.ask("t-1");
    await project.step();
    await project.change(async () => {
      const data = JSON.stringify({ error: { name: "Error", message: "no such account" } });
      const parked = { subscription: "FundsTransfer", key: "t-1", position: 9, state: "parked", attempts: 1, data };
      return [{ kind: "putParked", parked: { ...parked, state: "parked" }, expected: null }];
    });
    expect((await show("FundsTransfer", "t-1")).stdout).toContain(`
set aside  no such account
           domain parked show FundsTransfer t-1 prints more of it
`);
  });

  it("says why a state cannot be read", async () => {
    await project.ask("t-1");
    await project.step();
    await project.change(async ({ operations }) => {
      const [state] = await operations.states.list("bank::funds_transfer", { limit: 1 });
      const { stream, category, version, data } = state!;
      const newer = JSON.stringify({ ...(JSON.parse(data) as object), version: 7 });
      const put = { stream, category, version: version + 1, data: newer };
      return [{ kind: "putState", state: put, expectedVersion: version }];
    });
    const { stdout, status } = await show("FundsTransfer", "t-1");
    expect(status).toBe(0);
    expect(stdout).toContain('Cannot go on with FundsTransfer "t-1": its state has version 7');
    expect(stdout).not.toMatch(/^state /m);
  });

  it("refuses what there is not, with the name or the id that was probably meant", async () => {
    await project.ask("transfer-1");
    await project.step();
    expect(await show("FundTransfer", "transfer-1")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no process manager "FundTransfer"; did you mean "FundsTransfer"?\n',
      status: 2,
    });
    expect(await show("FundsTransfer", "transfer-2")).toEqual({
      stdout: "",
      stderr: 'error: There is no FundsTransfer with id "transfer-2"; did you mean "transfer-1"?\n',
      status: 1,
    });
  });
});
