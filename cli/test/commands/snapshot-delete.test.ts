import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1", "acc-2"]);
  await project.domain("snapshot", "create");
});
afterEach(() => project[Symbol.dispose]());

const remove = (...args: string[]) => project.domain("snapshot", "delete", ...args);
const both = { "acc-1": 1, "acc-2": 1 };

/** Gives both accounts a snapshot of schema version 2 beside that of version 1. */
async function bumpSchema(): Promise<void> {
  project.code = { schemaVersion: 2 };
  for (const id of ["acc-1", "acc-2"]) await project.deposit(id, 1);
  await project.domain("snapshot", "create");
}

describe("domain snapshot delete", () => {
  it("deletes those of one aggregate", async () => {
    expect(await remove("--aggregate=Account", "--identifier=acc-1")).toEqual({
      stdout: "Deleted 1 snapshot(s) of Account(acc-1).\n",
      stderr: "",
      status: 0,
    });
    expect(await project.snapshots()).toEqual({ "acc-2": 1 });
  });

  it("deletes those of a class", async () => {
    expect((await remove("--aggregate=Transfer")).stdout).toBe("Deleted 0 snapshot(s) of Transfer.\n");
    expect(await project.snapshots()).toEqual(both);
    expect((await remove("--aggregate=Account")).stdout).toBe("Deleted 2 snapshot(s) of Account.\n");
    expect(await project.snapshots()).toEqual({});
  });

  it("deletes all with --all, and no events", async () => {
    expect((await remove("--all")).stdout).toBe(
      "Account: 2 snapshot(s)\nTransfer: 0 snapshot(s)\nDeleted 2 snapshot(s) across 2 aggregate(s).\n",
    );
    expect(await project.snapshots()).toEqual({});
    expect((await project.domain("snapshot", "create", "--aggregate=Account")).stdout).toBe(
      "Created 2 snapshot(s) for Account.\n",
    );
  });

  it("deletes those below a schema version, strictly", async () => {
    await bumpSchema();
    expect((await remove("--all", "--schema-version-below=1")).stdout).toContain("Deleted 0 snapshot(s)");
    expect((await remove("--aggregate=Account", "--identifier=acc-1", "--schema-version-below=2")).stdout).toBe(
      "Deleted 1 snapshot(s) of Account(acc-1).\n",
    );
    expect([await project.snapshotsOf("acc-1"), await project.snapshotsOf("acc-2")]).toEqual([[2], [1, 2]]);
    expect((await remove("--all", "--schema-version-below=2")).stdout).toContain("Deleted 1 snapshot(s)");
    expect([await project.snapshotsOf("acc-1"), await project.snapshotsOf("acc-2")]).toEqual([[2], [2]]);
  });

  it("deletes nothing in a dry run", async () => {
    await bumpSchema();
    const account = "--aggregate=Account";
    const outcomes = [
      await remove("--all", "--dry-run"),
      await remove(account, "--schema-version-below=2", "--dry-run"),
      await remove(account, "--identifier=acc-1", "--dry-run"),
      await remove(account, "--identifier=acc-1", "--schema-version-below=2", "--dry-run"),
    ];
    expect(outcomes.map(({ stdout }) => stdout)).toEqual([
      "Account: 4 snapshot(s)\nTransfer: 0 snapshot(s)\nWould delete 4 snapshot(s) across 2 aggregate(s).\n",
      "Would delete 2 snapshot(s) of Account.\n",
      "Would delete 2 snapshot(s) of Account(acc-1).\n",
      "Would delete 1 snapshot(s) of Account(acc-1).\n",
    ]);
    expect([await project.snapshotsOf("acc-1"), await project.snapshotsOf("acc-2")]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it("deletes unusable ones as well", async () => {
    await project.alterSnapshots((record) => ({ ...record, state: {} }));
    expect((await remove("--aggregate=Account")).stdout).toBe("Deleted 2 snapshot(s) of Account.\n");
    expect(await project.snapshots()).toEqual({});
  });

  it("prints one JSON document", async () => {
    expect(JSON.parse((await remove("--aggregate=Account", "--identifier=acc-1", "--json")).stdout)).toEqual({
      dryRun: false,
      aggregate: "Account",
      identifier: "acc-1",
      deleted: 1,
    });
    expect(JSON.parse((await remove("--all", "--json")).stdout)).toEqual({
      dryRun: false,
      deleted: 1,
      aggregates: { Account: { deleted: 1 }, Transfer: { deleted: 0 } },
    });
  });

  it("deletes nothing of an aggregate without snapshots, and fails for an id that does not exist", async () => {
    await project.openAccounts(["young"]);
    expect(await remove("--aggregate=Account", "--identifier=young")).toEqual({
      stdout: "Deleted 0 snapshot(s) of Account(young).\n",
      stderr: "",
      status: 0,
    });
    expect(await remove("--aggregate=Account", "--identifier=nobody")).toEqual({
      stdout: "",
      stderr: 'error: There is no Account with id "nobody"\n',
      status: 1,
    });
  });

  it.each([
    [
      [],
      "error: Cannot delete snapshots: the call does not say which; give --aggregate <name>, or --all for the whole domain\n",
    ],
    [
      ["--schema-version-below=2"],
      "error: Cannot delete snapshots: the call does not say which; give --aggregate <name>, or --all for the whole domain\n",
    ],
    [
      ["--identifier=acc-1"],
      "error: --identifier needs --aggregate: ids are unique only within an aggregate's class\n",
    ],
    [["--all", "--aggregate=Account"], "error: option '--all' cannot be used with option '--aggregate <name>'\n"],
    [["--aggregate=Acount"], 'error: Domain "bank" has no aggregate "Acount"; did you mean "Account"?\n'],
  ])("deletes nothing when called with %j", async (args, stderr) => {
    expect(await remove(...args)).toEqual({ stdout: "", stderr, status: 2 });
    expect(await project.snapshots()).toEqual(both);
  });
});
