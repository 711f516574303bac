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

const rebuild = (...args: string[]) => project.domain("projection", "rebuild", ...args);
const verify = async () => (await project.domain("projection", "verify", "Balances")).stdout;

/** Deposits to one account were counted twice for a while. */
async function serveWrongly(accountId: string): Promise<void> {
  code = { worthOf: (deposit) => (deposit.accountId === accountId ? 2 : 1) * deposit.amount };
  await project.domain("server", "--once", "--lane=default");
  code = {};
}

/** Without the time that it took. */
const timeless = (stdout: string) => stdout.replace(/\d+ (ms|s)\b/g, "0 ms");

describe("domain projection rebuild", () => {
  it("makes the rows that the events give, and says how many", async () => {
    await serveWrongly("acc-2");
    expect(await verify()).toContain("1 differ.");
    const { stdout, stderr, status } = await rebuild("Balances");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(timeless(stdout)).toBe("Rebuilt Balances: 3 row(s) from 12 event(s) in 0 ms.\n");
    expect(await verify()).toBe("Verified 3 row(s) of Balances: no differences.\n");
  });

  it("rebuilds one row", async () => {
    await serveWrongly("acc-2");
    const { stdout, status } = await rebuild("Balances", "--id=acc-2");
    expect(status).toBe(0);
    expect(timeless(stdout)).toBe("Rebuilt row acc-2 of Balances: 1 row(s) from 4 event(s) in 0 ms.\n");
    expect(await verify()).toBe("Verified 3 row(s) of Balances: no differences.\n");
  });

  it("says in a dry run what would change, and changes nothing", async () => {
    await serveWrongly("acc-2");
    const { stdout, stderr, status } = await rebuild("Balances", "--dry-run");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(timeless(stdout)).toBe(`\
acc-2  balance: "50" stored, "25" rebuilt
Folded 3 row(s) from 12 event(s) in 0 ms, and changed nothing.
A rebuild would change 1 row(s), add 0 and remove 0, in about 0 ms.
`);
    expect(await verify()).toContain("1 differ.");
  });

  it("prints documents", async () => {
    await serveWrongly("acc-3");
    expect(JSON.parse((await rebuild("Balances", "--dry-run", "--json")).stdout)).toEqual({
      projection: "Balances",
      dryRun: true,
      rows: 3,
      events: 12,
      ms: expect.any(Number),
      changes: {
        changed: 1,
        missing: 0,
        extra: 0,
        examples: [{ key: "acc-3", path: "balance", stored: "50", rebuilt: "25" }],
        estimatedMs: expect.any(Number),
      },
      stopped: false,
    });
    expect(JSON.parse((await rebuild("Balances", "--json")).stdout)).toEqual({
      projection: "Balances",
      dryRun: false,
      rows: 3,
      events: 12,
      ms: expect.any(Number),
      stopped: false,
    });
  });

  it("names the event that cannot be folded, fails, and leaves the rows as they are", async () => {
    await project.domain("server", "--once", "--lane=default");
    code = {
      worthOf: ({ accountId, amount }) => {
        if (accountId === "acc-2") throw new Error("no such rate");
        return amount;
      },
    };
    const { stdout, stderr, status } = await rebuild("Balances");
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toMatch(/^error: .*Balances\.deposited.*"Bank\.DepositMade\.v1".*no such rate/);
    code = {};
    expect(await verify()).toBe("Verified 3 row(s) of Balances: no differences.\n");
  });

  it("shows on a terminal how far it is, and asks before", async () => {
    await serveWrongly("acc-2");
    const refused = await project.answer("", ["projection", "rebuild", "Balances"]);
    expect(refused).toMatchObject({ stdout: "", status: 1 });
    expect(refused.stderr).toContain("Fold the rows of Balances again, and put the result in their place? [y/N]");
    expect(await verify()).toContain("1 differ.");

    const { stderr, status } = await project.answer("y", ["projection", "rebuild", "Balances"]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/Folding \[.*\] \d+\/12 events, \d+ rows/);
    expect(await verify()).toBe("Verified 3 row(s) of Balances: no differences.\n");
  });

  it("is cancelled by Ctrl-C, says that it can be gone on with, and is", async () => {
    await serveWrongly("acc-2");
    const { stdout, stderr, status } = await project.run(["projection", "rebuild", "Balances", "--yes"], {
      terminal: 100,
      prepare: ({ stderr, signals }) => {
        stderr.onWrite = () => signals.emit("SIGINT", "SIGINT");
      },
    });
    expect({ stdout, status }).toEqual({ stdout: "", status: 130 });
    expect(stderr).toContain(
      "Stopped by SIGINT: the rows are as they were; domain projection rebuild Balances goes on where this one ended.\n",
    );
    expect(await verify()).toContain("1 differ.");
    expect((await rebuild("Balances")).status).toBe(0);
    expect(await verify()).toBe("Verified 3 row(s) of Balances: no differences.\n");
  });

  it("refuses a projection that there is not", async () => {
    expect(await rebuild("Balance")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no projection "Balance"; did you mean "Balances"?\n',
      status: 2,
    });
  });
});
