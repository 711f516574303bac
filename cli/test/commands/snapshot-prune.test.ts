import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  project.keepSnapshots(5);
  await project.openAccounts(["acc-1", "acc-2"]);
  await project.domain("snapshot", "create");
  for (const deposits of [2, 3]) {
    await project.deposit("acc-1", deposits);
    await project.domain("snapshot", "create");
  }
});
afterEach(() => project[Symbol.dispose]());

const prune = (...args: string[]) => project.domain("snapshot", "prune", ...args);

describe("domain snapshot prune", () => {
  it("keeps the newest of each aggregate", async () => {
    expect(await prune("--keep=2")).toEqual({
      stdout: "Account: 1 snapshot(s)\nTransfer: 0 snapshot(s)\nDeleted 1 snapshot(s) across 2 aggregate(s).\n",
      stderr: "",
      status: 0,
    });
    expect([await project.snapshotsOf("acc-1"), await project.snapshotsOf("acc-2")]).toEqual([[3, 6], [1]]);
  });

  it("prunes one class alone", async () => {
    expect((await prune("--aggregate=Transfer", "--keep=1")).stdout).toBe("Deleted 0 snapshot(s) of Transfer.\n");
    expect(await project.snapshotsOf("acc-1")).toEqual([1, 3, 6]);
    expect((await prune("--aggregate=Account", "--keep=1")).stdout).toBe("Deleted 2 snapshot(s) of Account.\n");
    expect([await project.snapshotsOf("acc-1"), await project.snapshotsOf("acc-2")]).toEqual([[6], [1]]);
  });

  it("deletes unreadable ones and keeps readable ones in their place", async () => {
    await project.alterSnapshots((record) => (record.version === 6 ? { ...record, state: {} } : record));
    expect((await prune("--aggregate=Account", "--keep=1")).stdout).toBe("Deleted 2 snapshot(s) of Account.\n");
    expect(await project.snapshotsOf("acc-1")).toEqual([3]);
  });

  it("deletes nothing in a dry run", async () => {
    expect((await prune("--aggregate=Account", "--keep=1", "--dry-run")).stdout).toBe(
      "Would delete 2 snapshot(s) of Account.\n",
    );
    expect(await project.snapshotsOf("acc-1")).toEqual([1, 3, 6]);
  });

  it("prints one JSON document", async () => {
    expect(JSON.parse((await prune("--keep=2", "--json", "--dry-run")).stdout)).toEqual({
      dryRun: true,
      deleted: 1,
      aggregates: { Account: { deleted: 1 }, Transfer: { deleted: 0 } },
    });
  });

  it("needs the number of snapshots to keep", async () => {
    expect(await prune()).toEqual({
      stdout: "",
      stderr: "error: required option '--keep <n>' not specified\n",
      status: 2,
    });
    const { stdout, stderr, status } = await prune("--keep=0");
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).toContain("Expected a whole number of at least 1.");
    expect(await project.snapshotsOf("acc-1")).toEqual([1, 3, 6]);
  });
});
