import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1"], 2);
});
afterEach(() => project[Symbol.dispose]());

const show = (...args: string[]) => project.domain("show", "Account", ...args);

describe("domain show", () => {
  it("prints what each event changed, and the state", async () => {
    const { stdout, stderr, status } = await show("acc-1");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout.replace(/, [\d,]+ d ago/, ", long ago")).toBe(`\
stream      bank::account-acc-1
version     2
last event  Bank.DepositMade.v1, 1970-01-01T00:00:02.000Z, long ago
changes
  0  1970-01-01T00:00:00.000Z  Bank.AccountOpened.v1
    holderName: nothing → "Alice"
  1  1970-01-01T00:00:01.000Z  Bank.DepositMade.v1
    balance: 0 → 10
  2  1970-01-01T00:00:02.000Z  Bank.DepositMade.v1
    balance: 10 → 20
state
{
  "holderName": "Alice",
  "balance": 20
}
`);
  });

  it("shows an earlier version", async () => {
    const { stdout } = await show("acc-1", "--at-version=1");
    expect(stdout).toContain("\nversion     1 of 2\n");
    expect(stdout).toContain('"balance": 10\n');
    expect(stdout).not.toContain("balance: 10 → 20");
  });

  it("explains the newest events, of many, by way of a snapshot too", async () => {
    await project.deposit("acc-1", 1_000);
    const usual = (await show("acc-1")).stdout;
    expect(usual).toContain("\n  983 earlier event(s): --limit=all prints what each of them changed\n  983  ");
    expect((await project.domain("snapshot", "create")).status).toBe(0);
    expect((await show("acc-1")).stdout).toBe(usual);
    expect((await show("acc-1", "--limit=all")).stdout.match(/balance: \d+ → \d+/g)).toHaveLength(1_002);
  });

  it("says which event changed nothing", async () => {
    project.code = { worthOf: () => 0 };
    expect((await show("acc-1", "--limit=1")).stdout).toMatch(
      / {2}2 {2}\S+ {2}Bank\.DepositMade\.v1\n {4}nothing\nstate\n/,
    );
  });

  it("prints a document", async () => {
    const { stdout } = await show("acc-1", "--limit=2", "--json");
    expect(JSON.parse(stdout)).toEqual({
      aggregate: "Account",
      identifier: "acc-1",
      stream: "bank::account-acc-1",
      version: 2,
      latestVersion: 2,
      changes: [
        {
          position: 1,
          time: "1970-01-01T00:00:01.000Z",
          type: "Bank.DepositMade.v1",
          id: expect.any(String),
          data: { accountId: "acc-1", amount: 10 },
          changes: [{ path: "balance", before: 0, after: 10 }],
        },
        expect.objectContaining({ position: 2, changes: [{ path: "balance", before: 10, after: 20 }] }),
      ],
      state: { holderName: "Alice", balance: 20 },
      stopped: false,
    });
  });

  it.each([
    [["Account", "acc-2"], 1, 'There is no Account with id "acc-2"; did you mean "acc-1"?'],
    [["Account", "zzzzzzzz"], 1, 'There is no Account with id "zzzzzzzz"'],
    [["Acount", "acc-1"], 2, 'Domain "bank" has no aggregate "Acount"; did you mean "Account"?'],
    [
      ["Account", "acc-1", "--at-version=3"],
      1,
      'There is no Account with id "acc-1" at version 3: its latest version is 2',
    ],
    [["Account"], 2, "missing required argument 'id'"],
  ])("refuses %j", async (args, status, message) => {
    expect(await project.domain("show", ...args, "--json")).toEqual({
      stdout: "",
      stderr: `error: ${message}\n`,
      status,
    });
  });

  it("fails with the event that the code cannot fold", async () => {
    await project.breakAccounts(["broken"]);
    const { stdout, stderr, status } = await show("broken", "--json");
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toMatch(/^error: .*Bank\.AccountFrozen\.v1.*bank::account-broken.*\n$/);
  });

  it("stops when it is interrupted", async () => {
    await project.deposit("acc-1", 1_000);
    const { stdout, status } = await project.run(["show", "Account", "acc-1", "--limit=all", "--json"], {
      prepare: ({ stdout, signals }) => {
        stdout.onWrite = () => signals.emit("SIGINT", "SIGINT");
      },
    });
    expect(status).toBe(130);
    const { changes, state, stopped } = JSON.parse(stdout) as { changes: object[]; state: null; stopped: boolean };
    expect([changes.length, state, stopped]).toEqual([1, null, true]);
  });

  it("ends quietly when its reader has seen enough", async () => {
    await project.deposit("acc-1", 1_000);
    const outcome = await project.domainReadOnce("show", "Account", "acc-1", "--limit=all");
    expect(outcome).toMatchObject({ stderr: "", status: 0 });
  });
});

describe("domain show of a projection", () => {
  beforeEach(() => {
    project.exports = () => ({ bank: createServingBank({ root: project.folder, mode: "inline" }) });
  });

  const showRow = (...args: string[]) => project.domain("show", "Balances", ...args);

  it("prints a row, its key first", async () => {
    expect(await showRow("acc-1")).toEqual({
      stdout: `\
accountId  acc-1
holder     Alice
balance    20
deposits   2
tags       []
last       1970-01-01T00:00:02.000Z
`,
      stderr: "",
      status: 0,
    });
    expect(JSON.parse((await showRow("acc-1", "--json")).stdout)).toEqual({
      projection: "Balances",
      key: "acc-1",
      row: {
        accountId: "acc-1",
        holder: "Alice",
        balance: "20",
        deposits: "2",
        tags: [],
        last: "1970-01-01T00:00:02.000Z",
      },
    });
  });

  it.each([
    [["acc"], 1, 'Balances has no row with key "acc"; did you mean "acc-1"?'],
    [["zzzzz"], 1, 'Balances has no row with key "zzzzz"'],
    [
      ["acc-1", "--at-version=1"],
      2,
      "--at-version needs an aggregate: Balances is a projection, which has its present rows only",
    ],
  ])("refuses %j", async (args, status, message) => {
    expect(await showRow(...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status });
  });
});
