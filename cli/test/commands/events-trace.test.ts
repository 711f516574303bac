import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project("bank");
  const outerCommands = [{ id: "c-1", type: "Bank.OpenAndFund.v1" }];
  const time = new Date(0);
  await project.withStore((store) =>
    store.append([
      {
        stream: "bank::account-acc-1",
        events: [
          {
            id: "e-1",
            type: "Bank.AccountOpened.v1",
            data: { accountId: "acc-1" },
            metadata: { correlationId: "r-1", causationId: "c-2", commandType: "Bank.OpenAccount.v1", outerCommands },
            time,
          },
          {
            id: "e-2",
            type: "Bank.DepositMade.v1",
            data: { amount: 5 },
            metadata: { correlationId: "r-1", causationId: "c-3", commandType: "Bank.MakeDeposit.v1", outerCommands },
            time,
          },
          { type: "Bank.DepositMade.v1", data: { amount: 7 }, metadata: { correlationId: "r-2" }, time },
        ],
      },
    ]),
  );
});
afterEach(() => project[Symbol.dispose]());

const trace = (...args: string[]) => project.domain("events", "trace", ...args);

describe("domain events trace", () => {
  it("prints what a request set off as a tree", async () => {
    expect(await trace("r-1")).toEqual({
      stdout: `\
└─ Bank.OpenAndFund.v1 (c-1)
   ├─ Bank.OpenAccount.v1 (c-2)
   │  └─ 1970-01-01T00:00:00.000Z  Bank.AccountOpened.v1  bank::account-acc-1 at 0  {"accountId":"acc-1"}
   └─ Bank.MakeDeposit.v1 (c-3)
      └─ 1970-01-01T00:00:00.000Z  Bank.DepositMade.v1  bank::account-acc-1 at 1  {"amount":5}
2 event(s) of 3 command(s).
`,
      stderr: "",
      status: 0,
    });
  });

  it("prints one JSON document", async () => {
    const { stdout } = await trace("r-1", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      correlationId: "r-1",
      commands: 3,
      events: 2,
      complete: true,
      tree: [
        {
          kind: "command",
          id: "c-1",
          type: "Bank.OpenAndFund.v1",
          children: [
            { kind: "command", id: "c-2", children: [{ kind: "event", id: "e-1", position: 0, children: [] }] },
            { kind: "command", id: "c-3", children: [{ kind: "event", id: "e-2", data: { amount: 5 } }] },
          ],
        },
      ],
    });
  });

  it("takes in no more events than it is told, and says that there are more", async () => {
    const { stdout, stderr } = await trace("r-1", "--limit=1", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ events: 1, complete: false });
    expect(stderr).toBe("There are more events than these: give a higher --limit.\n");
    expect((await trace("r-1", "--limit=2")).stderr).toBe("");
  });

  it("fails for a correlation that no event has", async () => {
    expect(await trace("r-3", "--json")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no event with correlation id "r-3"\n',
      status: 1,
    });
  });
});
