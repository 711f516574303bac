import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

const HOUR = 60 * 60 * 1000;

const list = (...args: string[]) => project.domain("snapshot", "list", ...args);
/** Makes snapshots of 1.2 kB. */
const longName = "A".repeat(860);
const threeHoursAgo = () => new Date(Date.now() - 3 * HOUR - 1);

describe("domain snapshot list", () => {
  it("prints how far behind, how old and how large each one is, and that a load can use it", async () => {
    await project.openAccounts(["acc-1", "acc-10"], 9, longName);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record) => record, threeHoursAgo());
    await project.deposit("acc-10", 12);
    expect(await list()).toEqual({
      stdout: `\
aggregate  id      version  events since  age    size  schema  usable
Account    acc-1         9             0  3 h  1.2 kB       1  yes
Account    acc-10        9            12  3 h  1.2 kB       1  yes
2 snapshot(s).
`,
      stderr: "",
      status: 0,
    });
  });

  it("aligns ids in Chinese and emoji, also where they are cut at the edge of a terminal", async () => {
    await project.openAccounts(["acc-1", "上海浦东发展银行账户一", "👨‍👩‍👧"], 1, longName);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record) => record, threeHoursAgo());
    const rows = (stdout: string) => stdout.split("\n").filter((line) => line.startsWith("Account "));
    expect(rows((await list()).stdout)).toEqual([
      "Account    acc-1                         1             0  3 h  1.2 kB       1  yes",
      "Account    上海浦东发展银行账户一        1             0  3 h  1.2 kB       1  yes",
      "Account    👨‍👩‍👧                            1             0  3 h  1.2 kB       1  yes",
    ]);
    const { stdout } = await project.run(["snapshot", "list", "--aggregate=Account"], { terminal: 78 });
    expect(rows(stdout)).toEqual([
      "Account    acc-1                   1             0  3 h  1.2 kB       1  yes",
      "Account    上海浦东…账户一         1             0  3 h  1.2 kB       1  yes",
      "Account    👨‍👩‍👧                      1             0  3 h  1.2 kB       1  yes",
    ]);
  });

  it("says of unusable ones why", async () => {
    await project.openAccounts(["damaged", "foreign", "sound"], 1, longName);
    await project.domain("snapshot", "create");
    await project.alterSnapshots((record, all) => {
      const { aggregateId, state } = record;
      if (aggregateId === "damaged") return { ...record, state: { ...state, balance: 99 } };
      return aggregateId === "foreign" ? (all.get("sound") ?? record) : record;
    }, threeHoursAgo());
    const { stdout } = await list("--aggregate=Account");
    expect(stdout).toBe(`\
aggregate  id       version  events since  age    size  schema  usable
Account    damaged        1             0  3 h  1.2 kB       1  no: its checksum does not match
Account    foreign        1             0  3 h  1.2 kB       1  no: it is of Account "sound"
Account    sound          1             0  3 h  1.2 kB       1  yes
3 snapshot(s), 2 unusable.
`);
  });

  it("lists those of a schema that the code has left behind", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    project.code = { schemaVersion: 2 };
    expect(JSON.parse((await list("--json")).stdout)).toMatchObject([
      {
        identifier: "acc-1",
        schemaVersion: 1,
        usable: false,
        reason: "schema-version",
        explanation: "its schema version is 1, the code's 2",
      },
    ]);
  });

  it("prints a JSON array", async () => {
    await project.openAccounts(["acc-1"]);
    await project.domain("snapshot", "create");
    await project.deposit("acc-1", 3);
    expect(JSON.parse((await list("--json")).stdout)).toEqual([
      {
        aggregate: "Account",
        identifier: "acc-1",
        version: 1,
        currentVersion: 4,
        eventsSince: 3,
        createdAt: expect.stringMatching(/Z$/),
        bytes: expect.any(Number),
        schemaVersion: 1,
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        encoding: "json",
        usable: true,
      },
    ]);
  });

  it("lists all snapshots of one aggregate, the newest first", async () => {
    project.keepSnapshots(3);
    await project.openAccounts(["acc-1", "acc-2"]);
    await project.domain("snapshot", "create");
    await project.deposit("acc-1", 1);
    await project.domain("snapshot", "create");
    const { stdout } = await list("--aggregate=Account", "--identifier=acc-1", "--json");
    expect((JSON.parse(stdout) as object[]).map((one) => "version" in one && one.version)).toEqual([2, 1]);
  });

  it("says that there are none", async () => {
    await project.openAccounts(["acc-1"]);
    expect(await list()).toEqual({ stdout: "No snapshots.\n", stderr: "", status: 0 });
    expect((await list("--json")).stdout).toBe("[]\n");
  });

  it("escapes ids that would move the terminal's cursor", async () => {
    await project.openAccounts(["red\u001b[31m"]);
    await project.domain("snapshot", "create");
    expect((await list()).stdout).toContain("red\\u001b[31m");
  });

  it("ends quietly when its reader has seen enough", async () => {
    await project.openAccounts(Array.from({ length: 300 }, (_, index) => `acc-${index}`));
    await project.domain("snapshot", "create", "--concurrency=16");
    const table = await project.domainReadOnce("snapshot", "list");
    expect(table).toEqual({ stdout: expect.stringMatching(/^aggregate .*\n(.*\n){100}$/), stderr: "", status: 0 });
    const array = await project.domainReadOnce("snapshot", "list", "--json");
    expect(array).toEqual({ stdout: expect.stringMatching(/^\[\n[^\]]+$/), stderr: "", status: 0 });
  });

  it("refuses what it cannot find and calls that are wrong", async () => {
    expect(await list("--aggregate=Acount")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no aggregate "Acount"; did you mean "Account"?\n',
      status: 2,
    });
    expect(await list("--identifier=acc-1")).toEqual({
      stdout: "",
      stderr: "error: --identifier needs --aggregate: ids are unique only within an aggregate's class\n",
      status: 2,
    });
  });
});
