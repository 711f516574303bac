import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1", "acc-2", "acc-3"], 1);
});
afterEach(() => project[Symbol.dispose]());

const list = (...args: string[]) => project.domain("list", ...args);

const rows = async (...args: string[]) =>
  (JSON.parse((await list("Account", "--json", ...args)).stdout) as { identifier: string }[]).map(
    ({ identifier }) => identifier,
  );

describe("domain list", () => {
  it("prints ids, versions and last events", async () => {
    await project.deposit("acc-2", 3);
    const { stdout, ...rest } = await list("Account");
    expect(rest).toEqual({ stderr: "", status: 0 });
    expect(stdout.replace(/20\d\d-\S+Z/, "2026-11-28T12:00:00.000Z")).toBe(`\
id     version  time of last event        last event
acc-1        1  1970-01-01T00:00:01.000Z  Bank.DepositMade.v1
acc-2        4  2026-11-28T12:00:00.000Z  Bank.DepositMade.v1
acc-3        1  1970-01-01T00:00:01.000Z  Bank.DepositMade.v1
3 Account(s).
`);
  });

  it("prints a page, and how to get the next one", async () => {
    expect(await list("Account", "--limit=2", "--json")).toMatchObject({
      stderr:
        'There are more than 2: domain list Account --after="acc-2" prints the next ones, --limit=all prints all.\n',
    });
    expect(await rows("--limit=2")).toEqual(["acc-1", "acc-2"]);
    expect(await rows("--after=acc-2")).toEqual(["acc-3"]);
    expect(await rows("--after=acc-2x")).toEqual(["acc-3"]);
    expect(await list("Account", "--limit=3")).toMatchObject({ stderr: "" });
  });

  it("prints any number of aggregates", async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `more-${index + 100}`);
    await project.openAccounts(ids, 1);
    expect(await rows("--limit=all")).toEqual(["acc-1", "acc-2", "acc-3", ...ids]);
    expect(await rows()).toHaveLength(50);
    expect(await rows("--limit=50", "--after=acc-3")).toEqual(ids.slice(0, 50));
  });

  it("without a class lists the classes", async () => {
    expect((await list()).stdout).toBe("aggregate  count\nAccount        3\nTransfer       0\n");
    expect(JSON.parse((await list("--json")).stdout)).toEqual([
      { aggregate: "Account", count: 3 },
      { aggregate: "Transfer", count: 0 },
    ]);
  });

  it("says when there are none", async () => {
    expect(await list("Transfer")).toEqual({ stdout: "No Transfer.\n", stderr: "", status: 0 });
    expect((await list("Transfer", "--json")).stdout).toBe("[]\n");
  });

  it.each([
    [["Acount"], 'Domain "bank" has no aggregate "Acount"; did you mean "Account"?'],
    [["--after=a"], "--after needs a class: ids are unique only within an aggregate's class"],
    [["Account", "--limit=0"], "option '--limit <n>' argument '0' is invalid. Expected a whole number of at least 1."],
  ])("refuses %j", async (args, message) => {
    expect(await list(...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});

describe("domain list of a domain with projections", () => {
  beforeEach(() => {
    project.exports = () => ({ bank: createServingBank({ root: project.folder, mode: "inline" }) });
  });

  it("prints the rows of a projection, their keys first", async () => {
    expect(await list("Balances")).toEqual({
      stdout: `\
accountId  holder  balance  deposits  tags  last
acc-1      Alice   10       1         []    1970-01-01T00:00:01.000Z
acc-2      Alice   10       1         []    1970-01-01T00:00:01.000Z
acc-3      Alice   10       1         []    1970-01-01T00:00:01.000Z
3 row(s) of Balances.
`,
      stderr: "",
      status: 0,
    });
    expect((await list("Balances", "--json", "--after=acc-2")).stdout).toBe(`\
[
{"accountId":"acc-3","holder":"Alice","balance":"10","deposits":"1","tags":[],"last":"1970-01-01T00:00:01.000Z"}
]
`);
  });

  it("prints a page of rows, and how to get the next one", async () => {
    const { stdout, stderr } = await list("Balances", "--limit=2");
    expect(stdout).toMatch(/\nacc-1 .*\nacc-2 .*\n2 row\(s\) of Balances\.\n$/);
    expect(stderr).toBe(
      'There are more than 2: domain list Balances --after="acc-2" prints the next ones, --limit=all prints all.\n',
    );
    expect(await list("Balances", "--limit=3")).toMatchObject({ stderr: "" });
  });

  it("says when a projection has no rows, and leaves empty what a row does not have", async () => {
    using empty = new Project("serving");
    empty.exports = () => ({ bank: createServingBank({ root: empty.folder, mode: "inline" }) });
    expect((await empty.domain("list", "Balances")).stdout).toBe("No rows of Balances.\n");
    using other = new Project("serving");
    await other.openAccounts(["acc-1"], 0);
    other.exports = () => ({ bank: createServingBank({ root: other.folder, mode: "inline" }) });
    expect((await other.domain("list", "Balances")).stdout).toBe(`\
accountId  holder  balance  deposits  tags  last
acc-1      Alice   0        0         []
1 row(s) of Balances.
`);
  });

  it("without a name lists the projections behind the classes", async () => {
    expect((await list()).stdout).toBe("aggregate  count\nAccount        3\n\nprojection  count\nBalances        3\n");
    expect(JSON.parse((await list("--json")).stdout)).toEqual([
      { aggregate: "Account", count: 3 },
      { projection: "Balances", count: 3 },
    ]);
  });

  it("names what was probably meant", async () => {
    expect(await list("Balance")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no aggregate or projection "Balance"; did you mean "Balances"?\n',
      status: 2,
    });
  });
});
