import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

const show = (...args: string[]) => project.domain("snapshot", "show", "--aggregate=Account", ...args);

describe("domain snapshot show", () => {
  it("prints the whole record, the state in lines of its own", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    await project.deposit("acc-1", 1_234);
    const { stdout, stderr, status } = await show("--identifier=acc-1");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    const time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
    expect(stdout).toMatch(
      new RegExp(`^\
stream        bank::account:snapshot-acc-1
version       1
events since  1,234
created       ${time}, \\d+ s ago
size          34\\d B, json
schema        1, fingerprint [0-9a-f]{16}
last event    [0-9a-f-]{36}
usable        yes
metadata      {"createdBy":"domain snapshot create","reason":"cli"}
state
{
  "holderName": "Alice",
  "balance": 10
}
$`),
    );
  });

  it("prints one JSON document", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    expect(JSON.parse((await show("--identifier=acc-1", "--json")).stdout)).toEqual({
      aggregate: "Account",
      identifier: "acc-1",
      version: 1,
      currentVersion: 1,
      eventsSince: 0,
      createdAt: expect.stringMatching(/Z$/),
      bytes: expect.any(Number),
      schemaVersion: 1,
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      encoding: "json",
      usable: true,
      stream: "bank::account:snapshot-acc-1",
      lastEventId: expect.any(String),
      metadata: { createdBy: "domain snapshot create", reason: "cli" },
      state: { holderName: "Alice", balance: 10 },
    });
  });

  it("says why the code cannot use it", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    project.code = { isHolderNullable: true };
    expect((await show("--identifier=acc-1")).stdout).toContain(
      "usable        no: the aggregate's shape has changed since\n",
    );
  });

  it("falls back to an older one when the newest cannot be read, and says so", async () => {
    project.keepSnapshots(2);
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    await project.deposit("acc-1", 1);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record) => (record.version === 2 ? { ...record, state: {} } : record));
    const { stdout, stderr, status } = await show("--identifier=acc-1");
    expect({ stderr, status }).toEqual({
      stderr: "A newer snapshot, at version 2, cannot be read: its checksum does not match.\n",
      status: 0,
    });
    expect(stdout).toContain("version       1\n");
  });

  it("fails when none can be read", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record) => ({ ...record, state: {} }));
    expect(await show("--identifier=acc-1", "--json")).toEqual({
      stdout: "",
      stderr: 'error: Cannot read the snapshot of Account "acc-1" at version 1: its checksum does not match\n',
      status: 1,
    });
  });

  it("fails for an aggregate without snapshot, and for an id that does not exist", async () => {
    await project.openAccounts(["acc-1"]);
    expect(await show("--identifier=acc-1")).toEqual({
      stdout: "",
      stderr: 'error: Account "acc-1" has no snapshot; "domain snapshot create" writes one\n',
      status: 1,
    });
    expect(await show("--identifier=nobody")).toEqual({
      stdout: "",
      stderr: 'error: There is no Account with id "nobody"\n',
      status: 1,
    });
  });
});
