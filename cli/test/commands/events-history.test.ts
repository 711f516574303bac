import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1"], 1);
});
afterEach(() => project[Symbol.dispose]());

const history = (...args: string[]) => project.domain("events", "history", "--aggregate=Account", ...args);

const table = `\
version  time                      type                   data
      0  1970-01-01T00:00:00.000Z  Bank.AccountOpened.v1  {"accountId":"acc-1","holderName":"Alice"}
      1  1970-01-01T00:00:01.000Z  Bank.DepositMade.v1    {"accountId":"acc-1","amount":10}
`;

describe("domain events history", () => {
  it("prints an aggregate's events and that it has no snapshot", async () => {
    expect(await history("--identifier=acc-1")).toEqual({
      stdout: `${table}No snapshot.\nCurrent version: 1.\n`,
      stderr: "",
      status: 0,
    });
  });

  it("says where the snapshot stands", async () => {
    await project.domain("snapshot", "create");
    expect((await history("--identifier=acc-1")).stdout).toBe(
      `${table}Snapshot exists at version 1.\nCurrent version: 1.\n`,
    );
  });

  it("prints one JSON document", async () => {
    expect(JSON.parse((await history("--identifier=acc-1", "--json")).stdout)).toEqual({
      aggregate: "Account",
      identifier: "acc-1",
      stream: "bank::account-acc-1",
      version: 1,
      snapshotVersion: null,
      events: [expect.objectContaining({ position: 0 }), expect.objectContaining({ position: 1 })],
    });
  });

  it("fails for an id that does not exist", async () => {
    expect(await history("--identifier=nobody")).toEqual({
      stdout: "",
      stderr: 'error: There is no Account with id "nobody"\n',
      status: 1,
    });
  });
});
