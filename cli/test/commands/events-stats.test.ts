import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

const stats = (...args: string[]) => project.domain("events", "stats", ...args);

const DAY_MS = 24 * 60 * 60 * 1000;

async function fill(): Promise<void> {
  await project.openAccounts(["acc-1", "acc-2"], 2);
  const transfer = { type: "Bank.TransferRequested.v1", data: { transferId: "t-1", amount: 1 } };
  await project.withStore((store) =>
    store.append([{ stream: "bank::transfer-t-1", events: [{ ...transfer, time: new Date(3 * DAY_MS) }] }]),
  );
}

describe("domain events stats", () => {
  it("prints what there is by category, by type and by stream", async () => {
    await fill();
    expect(await stats()).toEqual({
      stdout: `\
7 event(s) in 3 stream(s), 261 B
  first    1970-01-01T00:00:00.000Z
  last     1970-01-04T00:00:00.000Z
  per day  1.8 on average, at most 6, on 1970-01-01

category        streams  events   size  first                     last
bank::account         2       6  228 B  1970-01-01T00:00:00.000Z  1970-01-01T00:00:02.000Z
bank::transfer        1       1   33 B  1970-01-04T00:00:00.000Z  1970-01-04T00:00:00.000Z

type                       events   size  first                     last
Bank.DepositMade.v1             4  140 B  1970-01-01T00:00:01.000Z  1970-01-01T00:00:02.000Z
Bank.AccountOpened.v1           2   88 B  1970-01-01T00:00:00.000Z  1970-01-01T00:00:00.000Z
Bank.TransferRequested.v1       1   33 B  1970-01-04T00:00:00.000Z  1970-01-04T00:00:00.000Z

longest streams      events
bank::account-acc-1       3
bank::account-acc-2       3
bank::transfer-t-1        1
`,
      stderr: "",
      status: 0,
    });
  });

  it("prints one JSON document, of one class where asked to", async () => {
    await fill();
    const { stdout } = await stats("--aggregate=Transfer", "--json");
    const tally = { events: 1, bytes: 33, first: "1970-01-04T00:00:00.000Z", last: "1970-01-04T00:00:00.000Z" };
    expect(JSON.parse(stdout)).toEqual({
      ...tally,
      streams: 1,
      perDay: { mean: 1, max: 1, busiest: "1970-01-04" },
      types: { "Bank.TransferRequested.v1": tally },
      categories: { "bank::transfer": { ...tally, streams: 1 } },
      longestStreams: [{ stream: "bank::transfer-t-1", events: 1 }],
      days: { "1970-01-04": 1 },
      stopped: false,
    });
  });

  it("says of an empty store that it is empty", async () => {
    expect(await stats()).toEqual({ stdout: "No events.\n", stderr: "", status: 0 });
    expect(JSON.parse((await stats("--json")).stdout)).toMatchObject({
      events: 0,
      first: null,
      perDay: null,
      types: {},
    });
  });

  it("refuses a class that does not exist", async () => {
    expect(await stats("--aggregate=Acount")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no aggregate "Acount"; did you mean "Account"?\n',
      status: 2,
    });
  });

  it("counts long streams completely", async () => {
    await project.openAccounts(["long"], 2_500);
    expect(JSON.parse((await stats("--json")).stdout)).toMatchObject({
      events: 2_501,
      streams: 1,
      longestStreams: [{ stream: "bank::account-long", events: 2_501 }],
    });
  });
});
