import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project("serving");
  project.exports = () => ({ bank: createServingBank({ root: project.folder }) });
  await project.openAccounts(["acc-1", "acc-2"], 2);
  await project.domain("server", "--once", "--lane=default");
});
afterEach(() => project[Symbol.dispose]());

const explain = (...args: string[]) => project.domain("projection", "explain", ...args);

/** Without time and position of the deposit that was made by the server. */
const timeless = (stdout: string) => stdout.replace(/\d(.*)20\d\d-\S+Z/g, "<n>$1<now>");

describe("domain projection explain", () => {
  it("prints the events that made a row, with the row after each", async () => {
    const { stdout, stderr, status } = await explain("Balances", "acc-2");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(timeless(stdout)).toBe(`\
position  event                  holder  balance  deposits  tags  last
       4  Bank.AccountOpened.v1  Alice   0        0         []
       5  Bank.DepositMade.v1    Alice   10       1         []    1970-01-01T00:00:01.000Z
       6  Bank.DepositMade.v1    Alice   20       2         []    1970-01-01T00:00:02.000Z
       <n>  Bank.DepositMade.v1    Alice   25       3         []    <now>
Balances(acc-2): 4 event(s) made this row.
`);
  });

  it("prints a document, with one event a line", async () => {
    const { stdout } = await explain("Balances", "acc-1", "--json");
    expect(stdout.split("\n")).toHaveLength(7);
    const { events, ...head } = JSON.parse(stdout) as { readonly events: readonly object[] };
    expect(head).toEqual({ projection: "Balances", key: "acc-1" });
    expect(events.slice(0, 2)).toEqual([
      {
        type: "Bank.AccountOpened.v1",
        stream: "bank::account-acc-1",
        position: 0,
        globalPosition: 1,
        recordedAt: "1970-01-01T00:00:00.000Z",
        event: { accountId: "acc-1", holderName: "Alice" },
        places: ["Balances.opened"],
        row: { accountId: "acc-1", holder: "Alice", balance: "0", deposits: "0", tags: [] },
      },
      expect.objectContaining({
        type: "Bank.DepositMade.v1",
        row: expect.objectContaining({ balance: "10", deposits: "1", last: "1970-01-01T00:00:01.000Z" }),
      }),
    ]);
  });

  it("fails for a row that no event made, and names the one probably meant", async () => {
    expect(await explain("Balances", "acc-3", "--json")).toEqual({
      stdout: "",
      stderr: 'error: No event made a row of Balances with key "acc-3"; did you mean "acc-1"?\n',
      status: 1,
    });
  });

  it("refuses a projection that there is not", async () => {
    expect(await explain("Balance", "acc-1")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no projection "Balance"; did you mean "Balances"?\n',
      status: 2,
    });
  });
});
