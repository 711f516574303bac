import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

const verify = (...args: string[]) => project.domain("snapshot", "verify", ...args);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `acc-${index + 100}`);

const twice = ({ amount }: { readonly amount: number }) => 2 * amount;

/** The code folds deposits differently from now on; the shape stays. */
function changeApply(): void {
  project.code = { worthOf: twice };
}

describe("domain snapshot verify", () => {
  it("finds snapshots equal to what the events say", async () => {
    await project.openAccounts(["acc-1", "acc-2", "acc-3"], 3);
    await project.domain("snapshot", "create");
    await project.openAccounts(["young"]);
    await project.deposit("acc-1", 5);
    expect(await verify()).toEqual({
      stdout: "Verified 4 aggregate(s), 1 of them without a snapshot: no faults.\n",
      stderr: "",
      status: 0,
    });
  });

  it("prints each path that drifted with both values", async () => {
    await project.openAccounts(["acc-1", "acc-2"], 2);
    await project.domain("snapshot", "create");
    project.code = { worthOf: twice, holderFor: (name) => name.toUpperCase() };
    expect(await verify()).toEqual({
      stdout: `\
Account(acc-1), version 2: drift
  holderName: "Alice" in the snapshot, "ALICE" by the events
  balance: 20 in the snapshot, 40 by the events
Account(acc-2), version 2: drift
  holderName: "Alice" in the snapshot, "ALICE" by the events
  balance: 20 in the snapshot, 40 by the events
Verified 2 aggregate(s): 2 drifted.
`,
      stderr: "",
      status: 1,
    });
  });

  it("looks at one aggregate alone", async () => {
    await project.openAccounts(["acc-1", "acc-2"]);
    await project.domain("snapshot", "create");
    changeApply();
    await project.domain("snapshot", "create", "--aggregate=Account", "--identifier=acc-2", "--rebuild");
    expect((await verify("--aggregate=Account", "--identifier=acc-1")).stdout).toBe(
      "Account(acc-1), version 1: drift\n  balance: 10 in the snapshot, 20 by the events\nVerified 1 aggregate(s): 1 drifted.\n",
    );
    expect(await verify("--aggregate=Account", "--identifier=acc-2")).toEqual({
      stdout: "Verified 1 aggregate(s): no faults.\n",
      stderr: "",
      status: 0,
    });
  });

  it("repairs what drifted and what is unusable, and is done when nothing is left wrong", async () => {
    await project.openAccounts(["damaged", "drifted", "foreign"]);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record, all) => {
      if (record.aggregateId === "damaged") return { ...record, state: {} };
      return record.aggregateId === "foreign" ? (all.get("drifted") ?? record) : record;
    });
    changeApply();
    await project.openAccounts(["young"]);
    expect((await verify()).status).toBe(1);
    expect(await verify("--repair")).toEqual({
      stdout: `\
Account(damaged), version 1: unusable (its checksum does not match), repaired
Account(drifted), version 1: drift, repaired
  balance: 10 in the snapshot, 20 by the events
Account(foreign), version 1: unusable (it is of Account "drifted"), repaired
Verified 4 aggregate(s), 1 of them without a snapshot: 1 drifted, 2 unusable, 3 repaired.
`,
      stderr: "",
      status: 0,
    });
    expect((await verify()).stdout).toBe("Verified 4 aggregate(s), 1 of them without a snapshot: no faults.\n");
    expect(await project.snapshots()).toEqual({ damaged: 1, drifted: 1, foreign: 1 });
  });

  it("fails in spite of --repair when something is left wrong", async () => {
    await project.openAccounts(["acc-1", "broken"]);
    await project.domain("snapshot", "create");
    project.code = {
      worthOf: (deposit) => {
        if (deposit.accountId === "broken") throw new Error("no such account");
        return twice(deposit);
      },
    };
    const { stdout, status } = await verify("--aggregate=Account", "--repair");
    expect(status).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "Account(acc-1), version 1: drift, repaired",
      "  balance: 10 in the snapshot, 20 by the events",
      expect.stringMatching(/^Account\(broken\): .*no such account/),
      "Verified 2 aggregate(s): 1 drifted, 1 failed, 1 repaired.",
      "",
    ]);
  });

  it("prints one JSON document", async () => {
    await project.openAccounts(["damaged", "drifted"]);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record) => (record.aggregateId === "damaged" ? { ...record, state: {} } : record));
    changeApply();
    const { stdout, stderr, status } = await verify("--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(JSON.parse(stdout)).toEqual({
      repair: false,
      findings: [
        {
          aggregate: "Account",
          identifier: "damaged",
          version: 1,
          outcome: "unusable",
          differences: [],
          reason: "damaged",
          explanation: "its checksum does not match",
          repaired: false,
        },
        {
          aggregate: "Account",
          identifier: "drifted",
          version: 1,
          outcome: "drift",
          differences: [{ path: "balance", snapshot: 10, events: 20 }],
          repaired: false,
        },
      ],
      counts: { equal: 0, drift: 1, unusable: 1, failed: 0, missing: 0, repaired: 0 },
      stopped: false,
    });
  });

  it("prints a JSON document without findings when there are none", async () => {
    await project.openAccounts(["acc-1"]);
    const { stdout, status } = await verify("--json", "--repair");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      repair: true,
      findings: [],
      counts: { equal: 0, drift: 0, unusable: 0, failed: 0, missing: 1, repaired: 0 },
      stopped: false,
    });
  });

  it("fails for an id that does not exist and prints no half of a document", async () => {
    expect(await verify("--aggregate=Account", "--identifier=nobody", "--json")).toEqual({
      stdout: "",
      stderr: 'error: There is no Account with id "nobody"\n',
      status: 1,
    });
  });

  it("needs the class of an id", async () => {
    expect(await verify("--identifier=acc-1")).toEqual({
      stdout: "",
      stderr: "error: --identifier needs --aggregate: ids are unique only within an aggregate's class\n",
      status: 2,
    });
  });

  it("ends quietly when its reader has seen enough", async () => {
    await project.openAccounts(numbered(50));
    await project.domain("snapshot", "create");
    changeApply();
    expect(await project.domainReadOnce("snapshot", "verify")).toEqual({
      stdout: expect.stringMatching(/^Account\(acc-\d+\), version 1: drift\n.*\n$/),
      stderr: "",
      status: 1,
    });
  });

  it("repairs on when its reader has seen enough", async () => {
    await project.openAccounts(numbered(50));
    await project.domain("snapshot", "create");
    changeApply();
    expect(await project.domainReadOnce("snapshot", "verify", "--repair")).toEqual({
      stdout: expect.stringMatching(/^Account\(acc-\d+\), version 1: drift, repaired\n.*\n$/),
      stderr: "",
      status: 0,
    });
    expect((await verify()).stdout).toBe("Verified 50 aggregate(s): no faults.\n");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops on %s after the aggregates in hand and says what was done", async (signal, status) => {
    await project.openAccounts(numbered(100));
    await project.domain("snapshot", "create");
    const stopping = new AbortController();
    project.code = { worthOf: twice, onOpening: () => stopping.abort() };
    const outcome = await project.run(["snapshot", "verify", "--repair"], {
      prepare: ({ signals }) => stopping.signal.addEventListener("abort", () => signals.emit(signal, signal)),
    });

    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(new RegExp(`^Stopped by ${signal}: the remaining aggregates were not verified.\n$`));
    const repaired = outcome.stdout.match(/drift, repaired/g)?.length ?? 0;
    expect(outcome.stdout).toContain(`Verified ${repaired} aggregate(s): ${repaired} drifted, ${repaired} repaired.\n`);
    expect(repaired).toBeGreaterThan(0);
    expect(repaired).toBeLessThan(100);
    changeApply();
    expect((await verify()).stdout).toContain(`Verified 100 aggregate(s): ${100 - repaired} drifted.\n`);
  });
});
