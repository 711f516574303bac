import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1"], 2);
});
afterEach(() => project[Symbol.dispose]());

const read = (...args: string[]) => project.domain("events", "read", "bank::account-acc-1", ...args);

describe("domain events read", () => {
  it("prints position, time, type and data, uncut into a pipe", async () => {
    expect(await read()).toEqual({
      stdout: `\
position  time                      type                   data
       0  1970-01-01T00:00:00.000Z  Bank.AccountOpened.v1  {"accountId":"acc-1","holderName":"Alice"}
       1  1970-01-01T00:00:01.000Z  Bank.DepositMade.v1    {"accountId":"acc-1","amount":10}
       2  1970-01-01T00:00:02.000Z  Bank.DepositMade.v1    {"accountId":"acc-1","amount":10}
`,
      stderr: "",
      status: 0,
    });
  });

  it("starts at --from and prints --limit events", async () => {
    const { stdout } = await read("--from=1", "--limit=1", "--json");
    expect(JSON.parse(stdout)).toEqual([
      {
        id: expect.any(String),
        type: "Bank.DepositMade.v1",
        stream: "bank::account-acc-1",
        position: 1,
        globalPosition: 2,
        time: "1970-01-01T00:00:01.000Z",
        data: { accountId: "acc-1", amount: 10 },
        metadata: {},
      },
    ]);
  });

  it("says where a stream ends when asked for what follows", async () => {
    expect(await read("--from=3")).toEqual({
      stdout: "",
      stderr: 'The last event of "bank::account-acc-1" is at position 2.\n',
      status: 0,
    });
    expect((await read("--from=3", "--json")).stdout).toBe("[]\n");
  });

  it("takes an aggregate by its class and id", async () => {
    expect(await project.domain("events", "read", "Account", "acc-1")).toEqual(await read());
    expect(await project.domain("events", "read", "Account", "acc-3")).toEqual({
      stdout: "",
      stderr: 'error: There is no Account with id "acc-3"; did you mean "acc-1"?\n',
      status: 1,
    });
    expect((await project.domain("events", "read", "Acount", "acc-1")).stderr).toBe(
      'error: Domain "bank" has no aggregate "Acount"; did you mean "Account"?\n',
    );
    expect(await project.domain("events", "read", "Account")).toEqual({
      stdout: "",
      stderr: "error: Cannot read the events of Account: give its id too, domain events read Account <id>\n",
      status: 2,
    });
  });

  it.each([
    ["bank::account-acc-", "bank::account-acc-1"],
    ["bank::account-acc-11", "bank::account-acc-1"],
    ["bank::acount-acc-1", "bank::account-acc-1"],
    ["account-acc-1", "bank::account-acc-1"],
  ])("asks for %s whether another stream was meant", async (stream, meant) => {
    expect((await project.domain("events", "read", stream)).stderr).toBe(
      `error: Domain "bank" has no stream "${stream}"; did you mean "${meant}"?\n`,
    );
  });

  it("fails for a stream that does not exist, and refuses what is no stream", async () => {
    expect(await project.domain("events", "read", "bank::account-nobody", "--json")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no stream "bank::account-nobody"\n',
      status: 1,
    });
    expect(await project.domain("events", "read", "account")).toEqual({
      stdout: "",
      stderr: 'error: "account" is not a stream: expected "<category>-<id>"\n',
      status: 2,
    });
  });

  it("ends quietly when its reader has seen enough", async () => {
    await project.openAccounts(["long"], 1_000);
    const { stdout, stderr, status } = await project.domainReadOnce("events", "read", "bank::account-long");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toMatch(/^position .*\n +0 .*\n(.*\n){98} +99 .*\n$/);
  });

  it("prints a long stream completely", async () => {
    await project.openAccounts(["long"], 2_500);
    const { stdout } = await project.domain("events", "read", "bank::account-long", "--json");
    const positions = (JSON.parse(stdout) as { position: number }[]).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 2_501 }, (_, index) => index));
  });
});
