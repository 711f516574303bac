import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1", "acc-2"], 2);
});
afterEach(() => project[Symbol.dispose]());

const search = (...args: string[]) => project.domain("events", "search", ...args);

/** Stream and position of what is found. */
async function found(...args: string[]): Promise<string[]> {
  const { stdout } = await search("--json", ...args);
  const events = JSON.parse(stdout) as { stream: string; position: number }[];
  return events.map(({ stream, position }) => `${stream.replace("bank::account-", "")}@${position}`);
}

const all = ["acc-1@0", "acc-1@1", "acc-1@2", "acc-2@0", "acc-2@1", "acc-2@2"];

describe("domain events search", () => {
  it("prints time, stream, position, type and data", async () => {
    expect(await search("--type=AccountOpened")).toEqual({
      stdout: `\
time                      stream               position  type                   data
1970-01-01T00:00:00.000Z  bank::account-acc-1         0  Bank.AccountOpened.v1  {"accountId":"acc-1","holderName":"Alice"}
1970-01-01T00:00:00.000Z  bank::account-acc-2         0  Bank.AccountOpened.v1  {"accountId":"acc-2","holderName":"Alice"}
2 event(s).
`,
      stderr: "",
      status: 0,
    });
  });

  it("searches the part of the store that the call names", async () => {
    expect(await found()).toEqual(all);
    expect(await found("--aggregate=Account", "--identifier=acc-2")).toEqual(all.slice(3));
    expect(await found("--stream=bank::account-acc-1")).toEqual(all.slice(0, 3));
    expect(await found("--category=bank::account")).toEqual(all);
    expect(await found("--aggregate=Transfer")).toEqual([]);
  });

  it("takes a type by name or as stored, and several", async () => {
    expect(await found("--type=DepositMade", "--stream=bank::account-acc-1")).toEqual(["acc-1@1", "acc-1@2"]);
    expect(await found("--type=Bank.AccountOpened.v1")).toEqual(["acc-1@0", "acc-2@0"]);
    expect(await found("--type=DepositMade", "--type=AccountOpened")).toEqual(all);
  });

  it("finds events by their present name, whatever they were stored as", async () => {
    project.code = { depositName: "PaidIn" };
    expect(await found("--type=PaidIn", "--stream=bank::account-acc-1")).toEqual(["acc-1@1", "acc-1@2"]);
    expect(await found("--type=Bank.DepositMade.v1", "--stream=bank::account-acc-1")).toEqual(["acc-1@1", "acc-1@2"]);
  });

  it("takes the facts of an aggregate as a type", async () => {
    expect(await search("--type=AccountFact", "--json")).toEqual({ stdout: "[]\n", stderr: "", status: 0 });
  });

  it("finds by time, a day up to its end", async () => {
    expect(await found("--since=1970-01-01T00:00:01Z", "--until=1970-01-01T00:00:01Z")).toEqual(["acc-1@1", "acc-2@1"]);
    expect(await found("--since=1970-01-01", "--until=1970-01-01")).toEqual(all);
    expect(await found("--since=1970-01-02")).toEqual([]);
  });

  it("finds by a time before now", async () => {
    await project.deposit("acc-1", 1);
    expect(await found("--since=1h")).toEqual(["acc-1@3"]);
    expect(await found("--until=yesterday")).toEqual(all);
    expect(await found("--since=today", "--until=now")).toEqual(["acc-1@3"]);
  });

  it("finds by the values of fields, all of them", async () => {
    expect(await found("--where=amount=10", "--where=accountId=acc-2")).toEqual(["acc-2@1", "acc-2@2"]);
    expect(await found("--where=amount=11")).toEqual([]);
  });

  it("finds by correlation and causation", async () => {
    const event = { type: "Bank.DepositMade.v1", data: { accountId: "acc-1", amount: 1 } };
    await project.withStore((store) =>
      store.append([
        {
          stream: "bank::account-acc-1",
          events: [
            { ...event, metadata: { correlationId: "r-1", causationId: "c-1" } },
            { ...event, metadata: { correlationId: "r-1", causationId: "c-2" } },
          ],
        },
      ]),
    );
    expect(await found("--correlation=r-1")).toEqual(["acc-1@3", "acc-1@4"]);
    expect(await found("--correlation=r-1", "--causation=c-2")).toEqual(["acc-1@4"]);
  });

  it("prints the newest events up to the limit, oldest first, and says so", async () => {
    expect(await found("--limit=2")).toEqual(all.slice(-2));
    expect(await found("--limit=2", "--type=AccountOpened")).toEqual(["acc-1@0", "acc-2@0"]);
    expect(await found("--limit=1", "--stream=bank::account-acc-1")).toEqual(["acc-1@2"]);
    expect((await search("--limit=2")).stdout).toMatch(/\n2 event\(s\), the newest ones: --limit=all prints all\.\n$/);
  });

  it("prints the first events with --oldest", async () => {
    expect(await found("--limit=2", "--oldest")).toEqual(all.slice(0, 2));
    expect((await search("--limit=2", "--oldest")).stdout).toMatch(
      /\n2 event\(s\), the first ones: --limit=all prints all\.\n$/,
    );
  });

  it("prints the 50 newest where no limit is given, and all where asked to", async () => {
    await project.openAccounts(["long"], 5_000);
    const newest = Array.from({ length: 50 }, (_, index) => `long@${index + 4_951}`);
    expect(await found()).toEqual(newest);
    expect(await found("--category=bank::account")).toEqual(newest);
    expect(await found("--type=AccountOpened")).toEqual(["acc-1@0", "acc-2@0", "long@0"]);
    expect(await found("--limit=all")).toHaveLength(5_007);
  });

  it("prints one JSON document for each event where asked to", async () => {
    const { stdout } = await search("--json=lines", "--limit=2", "--oldest");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { position: number }).position)).toEqual([0, 1]);
  });

  it("says that it found nothing", async () => {
    expect(await search("--where=amount=11")).toEqual({ stdout: "No events.\n", stderr: "", status: 0 });
    expect((await search("--where=amount=11", "--json")).stdout).toBe("[]\n");
    expect((await search("--where=amount=11", "--json=lines")).stdout).toBe("");
  });

  it.each([
    [["--type=DepositMad"], 'Domain "bank" has no event "DepositMad"; did you mean "DepositMade"?'],
    [["--type=Nothing"], 'Domain "bank" has no event "Nothing"; it has AccountOpened, DepositMade, TransferRequested'],
    [["--aggregate=Acount"], 'Domain "bank" has no aggregate "Acount"; did you mean "Account"?'],
    [["--identifier=acc-1"], "--identifier needs --aggregate: ids are unique only within an aggregate's class"],
    [["--stream=bank"], '"bank" is not a stream: expected "<category>-<id>"'],
    [
      ["--category=bank::account:snapshot"],
      'Cannot search "bank::account:snapshot" for events: it holds snapshots; see "domain snapshot list"',
    ],
    [["--where=amount"], "option '--where <field=value>' argument 'amount' is invalid. Expected <field>=<value>."],
    [
      ["--category=a", "--aggregate=Account"],
      "option '--category <name>' cannot be used with option '--aggregate <name>'",
    ],
  ])("refuses %j", async (args, message) => {
    expect(await search(...args, "--json")).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });

  it("searches for a stored type that the code does not declare, with a note", async () => {
    await project.breakAccounts(["acc-3"]);
    const { stdout, stderr, status } = await search("--type=Bank.AccountFrozen.v1", "--json");
    expect(JSON.parse(stdout)).toMatchObject([{ stream: "bank::account-acc-3", position: 0 }]);
    expect({ stderr, status }).toEqual({
      stderr:
        'Domain "bank" has no event "Bank.AccountFrozen.v1"; searching for events that were stored under that type.\n',
      status: 0,
    });
  });

  it("ends quietly when its reader has seen enough", async () => {
    await project.openAccounts(["long"], 1_000);
    const { stdout, stderr, status } = await project.domainReadOnce("events", "search", "--limit=all");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toMatch(/^time .*\n(.*\n){100}$/);
  });

  it("stops when it is interrupted, and says so", async () => {
    const { stdout, stderr, status } = await project.run(["events", "search", "--json=lines", "--limit=all"], {
      prepare: ({ stdout, signals }) => {
        stdout.onWrite = () => signals.emit("SIGINT", "SIGINT");
      },
    });
    expect({ stderr, status }).toEqual({
      stderr: "Stopped by SIGINT: the remaining events were not read.\n",
      status: 130,
    });
    expect(stdout.split("\n")).toEqual([expect.stringContaining('"stream":"bank::account-acc-1","position":0'), ""]);
  });
});
