import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

const stats = (...args: string[]) => project.domain("snapshot", "stats", ...args);
const HOUR = 60 * 60 * 1000;

/** Makes a snapshot of some 340 bytes more. */
const nameOf = (length: number) => "A".repeat(length);

describe("domain snapshot stats", () => {
  it("prints the number, size and staleness of the snapshots of each class", async () => {
    project.replace("domain.toml", "snapshot_threshold = 0", "snapshot_threshold = 100\nsnapshots.compress_above = 0");
    await project.openAccounts(["acc-1"], 1, nameOf(860));
    await project.openAccounts(["acc-2"], 1, nameOf(1_860));
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record) => record, new Date(Date.now() - 3 * HOUR - 1));
    await project.deposit("acc-2", 201);
    expect(await stats()).toEqual({
      stdout: `\
Account: 2 snapshot(s) of 2 aggregate(s), 3.4 kB
  events since     100.5 on average, at most 201
  age              3 h on average, at most 3 h
  threshold        100 events, 1 aggregate(s) more than twice that behind
  schema versions  2 of version 1
  unusable         none
  largest          2.2 kB, acc-2 at version 1
                   1.2 kB, acc-1 at version 1
Transfer: no snapshots
`,
      stderr: "",
      status: 0,
    });
  });

  it("counts unusable ones by reason", async () => {
    await project.openAccounts(["acc-1", "acc-2"]);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record) => (record.aggregateId === "acc-1" ? { ...record, state: {} } : record));
    project.code = { isHolderNullable: true };
    const { stdout } = await stats("--aggregate=Account");
    expect(stdout).toContain("  events since     2 on average, at most 2\n");
    expect(stdout).toContain("  unusable         1 damaged, 1 fingerprint\n");
    expect(stdout).not.toContain("Transfer");
  });

  it("prints one JSON document", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    await project.deposit("acc-1", 4);
    expect(JSON.parse((await stats("--aggregate=Account", "--json")).stdout)).toEqual({
      aggregates: {
        Account: {
          count: 1,
          bytes: expect.any(Number),
          largest: [{ identifier: "acc-1", version: 1, bytes: expect.any(Number) }],
          staleness: {
            aggregates: 1,
            eventsSince: { mean: 4, max: 4 },
            ageMs: { mean: expect.any(Number), max: expect.any(Number) },
          },
          threshold: null,
          overTwiceThreshold: 0,
          schemaVersions: { 1: 1 },
          unusable: {},
        },
      },
    });
  });

  it("suggests the aggregate that was probably meant", async () => {
    expect(await stats("--aggregate=Acount")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no aggregate "Acount"; did you mean "Account"?\n',
      status: 2,
    });
  });
});
