import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `acc-${index + from}`);

describe("domain snapshot create", () => {
  it("creates the snapshot of one aggregate", async () => {
    await project.openAccounts(["acc-1", "acc-2"], 2);
    expect(await project.domain("snapshot", "create", "--aggregate=Account", "--identifier=acc-1")).toEqual({
      stdout: "Snapshot created for Account(acc-1).\n",
      stderr: "",
      status: 0,
    });
    expect(await project.snapshots()).toEqual({ "acc-1": 2 });
  });

  it("creates those of all aggregates of a class", async () => {
    await project.openAccounts(numbered(47));
    expect(await project.domain("snapshot", "create", "--aggregate=Account")).toEqual({
      stdout: "Created 47 snapshot(s) for Account.\n",
      stderr: "",
      status: 0,
    });
    expect(await project.snapshots()).toEqual(Object.fromEntries(numbered(47).map((id) => [id, 1])));
  });

  it("creates those of the whole domain", async () => {
    await project.openAccounts(["acc-1", "acc-2"]);
    expect(await project.domain("snapshot", "create")).toEqual({
      stdout: "Account: 2 snapshot(s)\nTransfer: 0 snapshot(s)\nCreated 2 snapshot(s) across 2 aggregate(s).\n",
      stderr: "",
      status: 0,
    });
  });

  it("says beside the result how many were current already", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create", "--aggregate=Account");
    await project.openAccounts(["acc-2"]);
    expect(await project.domain("snapshot", "create", "--aggregate=Account")).toEqual({
      stdout: "Created 1 snapshot(s) for Account.\n",
      stderr: "1 already current\n",
      status: 0,
    });
  });

  it("rebuilds those that are current when asked to", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    expect((await project.domain("snapshot", "create", "--aggregate=Account", "--rebuild")).stdout).toBe(
      "Created 1 snapshot(s) for Account.\n",
    );
  });

  it("writes nothing in a dry run", async () => {
    await project.openAccounts(["acc-1", "acc-2"]);
    const one = await project.domain("snapshot", "create", "--aggregate=Account", "--identifier=acc-1", "--dry-run");
    const many = await project.domain("snapshot", "create", "--aggregate=Account", "--dry-run");
    const all = await project.domain("snapshot", "create", "--dry-run");
    expect([one.stdout, many.stdout, all.stdout]).toEqual([
      "Snapshot would be created for Account(acc-1).\n",
      "Would create 2 snapshot(s) for Account.\n",
      "Account: 2 snapshot(s)\nTransfer: 0 snapshot(s)\nWould create 2 snapshot(s) across 2 aggregate(s).\n",
    ]);
    expect(await project.snapshots()).toEqual({});
  });

  it("goes on past broken aggregates and lists them", async () => {
    await project.openAccounts(numbered(97, 101));
    await project.breakAccounts(["bad-1", "bad-2", "bad-3"]);
    const { stdout, stderr, status } = await project.domain("snapshot", "create", "--aggregate=Account");
    expect({ stdout, status }).toEqual({ stdout: "Created 97 snapshot(s) for Account.\n", status: 1 });
    expect(stderr).toBe(
      ["bad-1", "bad-2", "bad-3"]
        .map(
          (id) =>
            `Account(${id}): Cannot fold event "Bank.AccountFrozen.v1" at position 0 of stream "bank::account-${id}": ` +
            'Account has no event of that type. Declare and apply it, add its name to "formerly" of the event that replaced it, ' +
            'or to "skipEvents" of Account if its state does not need it\n',
        )
        .join(""),
    );
    expect(Object.keys(await project.snapshots())).toEqual(numbered(97, 101));
  });

  it("names twenty broken aggregates and counts the others", async () => {
    await project.breakAccounts(numbered(25, 100));
    const { stderr } = await project.domain("snapshot", "create");
    const lines = stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe("and 5 more");
  });

  it("prints one JSON document and nothing else", async () => {
    await project.openAccounts(["acc-1"]);
    await project.breakAccounts(["bad-1"]);
    const { stdout, stderr, status } = await project.domain("snapshot", "create", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(JSON.parse(stdout)).toEqual({
      dryRun: false,
      created: 1,
      unchanged: 0,
      failed: 1,
      stopped: false,
      aggregates: {
        Account: {
          created: 1,
          unchanged: 0,
          failed: [
            { identifier: "bad-1", error: expect.stringContaining('Cannot fold event "Bank.AccountFrozen.v1"') },
          ],
        },
        Transfer: { created: 0, unchanged: 0, failed: [] },
      },
    });
  });

  it("shows a progress bar on a terminal, and none with --json", async () => {
    await project.openAccounts(["acc-1"]);
    const create = (...options: string[]) =>
      project.run(["snapshot", "create", "--rebuild", "--aggregate=Account", ...options], { terminal: 80 });
    const { stdout, stderr, status } = await create();
    expect({ stdout, status }).toEqual({ stdout: "Created 1 snapshot(s) for Account.\n", status: 0 });
    expect(stderr).toMatch(/Snapshots \[[^\]]+\] 0\/1, 0 failed/);
    expect((await create("--json")).stderr).toBe("");
  });

  it("describes the snapshot of one aggregate as JSON", async () => {
    await project.openAccounts(["acc-1"]);
    const { stdout } = await project.domain(
      "snapshot",
      "create",
      "--aggregate=Account",
      "--identifier=acc-1",
      "--json",
    );
    expect(JSON.parse(stdout)).toEqual({
      dryRun: false,
      aggregate: "Account",
      identifier: "acc-1",
      version: 1,
      schemaVersion: 1,
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it("fails for an id that does not exist", async () => {
    expect(await project.domain("snapshot", "create", "--aggregate=Account", "--identifier=nobody")).toEqual({
      stdout: "",
      stderr: 'error: There is no Account with id "nobody"\n',
      status: 1,
    });
  });

  it("suggests the aggregate that was probably meant", async () => {
    expect(await project.domain("snapshot", "create", "--aggregate=Acount")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no aggregate "Acount"; did you mean "Account"?\n',
      status: 2,
    });
    expect((await project.domain("snapshot", "create", "--aggregate=Invoice")).stderr).toBe(
      'error: Domain "bank" has no aggregate "Invoice"; it has Account, Transfer\n',
    );
  });

  it("needs the class of an id", async () => {
    expect(await project.domain("snapshot", "create", "--identifier=acc-1")).toEqual({
      stdout: "",
      stderr: "error: --identifier needs --aggregate: ids are unique only within an aggregate's class\n",
      status: 2,
    });
  });

  it.each(["0", "-1", "1.5", "many", ""])("refuses --concurrency=%s", async (value) => {
    const { stdout, stderr, status } = await project.domain("snapshot", "create", `--concurrency=${value}`);
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).toContain("Expected a whole number of at least 1.");
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops on %s after the aggregates in hand and says what was done", async (signal, status) => {
    await project.openAccounts(numbered(20, 100));
    const folded: string[] = [];
    const stopping = new AbortController();
    project.code = {
      onOpening: (id) => {
        folded.push(id);
        if (folded.length === 3) stopping.abort();
      },
    };
    const outcome = await project.run(["snapshot", "create", "--aggregate=Account", "--concurrency=1"], {
      prepare: ({ signals }) => stopping.signal.addEventListener("abort", () => signals.emit(signal, signal)),
    });

    expect(outcome).toEqual({
      stdout: "Created 3 snapshot(s) for Account.\n",
      stderr: `Stopped by ${signal}: the remaining aggregates were left as they are.\n`,
      status,
    });
    expect(Object.keys(await project.snapshots())).toEqual(folded);
  });
});
