import { createServingBank, type ServingVariant } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
let code: ServingVariant;
beforeEach(async () => {
  project = new Project("serving");
  code = {};
  project.exports = () => ({ bank: createServingBank({ root: project.folder, ...code }) });
  await project.openAccounts(["acc-1", "acc-2", "acc-3"], 2);
});
afterEach(() => project[Symbol.dispose]());

const verify = (...args: string[]) => project.domain("projection", "verify", ...args);
const serve = () => project.domain("server", "--once", "--lane=default");

/** Deposits to one account were counted twice for a while. */
async function serveWrongly(accountId: string): Promise<void> {
  code = { worthOf: (deposit) => (deposit.accountId === accountId ? 2 : 1) * deposit.amount };
  await serve();
  code = {};
}

describe("domain projection verify", () => {
  it("finds rows equal to what the events give", async () => {
    await serve();
    expect(await verify("Balances")).toEqual({
      stdout: "Verified 3 row(s) of Balances: no differences.\n",
      stderr: "",
      status: 0,
    });
  });

  it("prints each path that differs, with both values, and fails", async () => {
    await serveWrongly("acc-2");
    expect(await verify("Balances")).toEqual({
      stdout: `\
Balances(acc-2)
  balance: "50" stored, "25" expected
Verified 3 row(s) of Balances: 1 differ.
`,
      stderr: "",
      status: 1,
    });
  });

  it("compares a sample", async () => {
    await serve();
    expect((await verify("Balances", "--sample=2")).stdout).toBe("Verified 2 row(s) of Balances: no differences.\n");
  });

  it("prints a document", async () => {
    await serveWrongly("acc-3");
    const { stdout, stderr, status } = await verify("Balances", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(JSON.parse(stdout)).toEqual({
      projection: "Balances",
      checked: 3,
      differing: 1,
      differences: [{ key: "acc-3", path: "balance", stored: "50", expected: "25" }],
      parked: [],
    });
  });

  it("compares a row whose key is set aside as it was before the event that failed, and says so", async () => {
    code = {
      worthOf: ({ accountId, amount }) => {
        if (accountId === "acc-1") throw new Error("no such rate");
        return amount;
      },
    };
    await serve();
    const { stdout, stderr, status } = await verify("Balances");
    expect({ stdout, status }).toEqual({ stdout: "Verified 3 row(s) of Balances: no differences.\n", status: 0 });
    expect(stderr).toBe("1 key(s) are set aside: their rows were compared as they are before the event that failed.\n");
  });

  it("shows on a terminal how many rows are compared", async () => {
    await serve();
    const { stderr } = await project.run(["projection", "verify", "Balances"], { terminal: 100 });
    expect(stderr).toMatch(/Verifying \[.*\] 3\/3 rows, \d+ events read/);
  });

  it("stops on Ctrl-C", async () => {
    await serve();
    const { stdout, stderr, status } = await project.run(["projection", "verify", "Balances"], {
      terminal: 100,
      prepare: ({ stderr, signals }) => {
        stderr.onWrite = () => signals.emit("SIGINT", "SIGINT");
      },
    });
    expect({ stdout, status }).toEqual({ stdout: "", status: 130 });
    expect(stderr).toContain("Stopped by SIGINT: Balances was not verified.\n");
  });

  it.each([
    ["Balance", '; did you mean "Balances"?'],
    ["Invoices", "; it has Balances"],
  ])("refuses %s", async (name, hint) => {
    expect(await verify(name)).toEqual({
      stdout: "",
      stderr: `error: Domain "bank" has no projection "${name}"${hint}\n`,
      status: 2,
    });
  });
});
