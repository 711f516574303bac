import { join } from "node:path";

import { SqliteEventStore } from "@tidemark/sqlite";

import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project("serving");
  const worthOf = ({ accountId, amount }: { readonly accountId: string; readonly amount: number }) => {
    if (accountId === "acc-2") throw new Error("no such rate");
    return amount;
  };
  project.exports = () => ({ bank: createServingBank({ root: project.folder, worthOf }) });
  await project.openAccounts(["acc-1", "acc-2"], 3);
});
afterEach(() => project[Symbol.dispose]());

const show = (...args: string[]) => project.domain("parked", "show", ...args);

/** Appends a deposit whose data is any text, as no domain would. */
async function appendText(stream: string, data: string): Promise<void> {
  const store = new SqliteEventStore({ path: join(project.folder, "bank.db") });
  await store.open();
  const message = { id: "damaged", type: "Bank.DepositMade.v1", time: 5_000, data, metadata: "{}" };
  await store.log.append([{ stream, category: "bank::account", messages: [message] }]);
  await store.close();
}

const changeless = (stdout: string) =>
  stdout.replace(/, \d+ (s|min) ago/, ", 0 s ago").replace(/set aside {5}\S+,/, "set aside     <time>,");

describe("domain parked show", () => {
  it("prints the error, the event with its payload, and how many later events wait", async () => {
    await project.domain("server", "--once");
    const { stdout, stderr, status } = await show("Balances", "acc-2");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(changeless(stdout)).toBe(`\
subscription  Balances
key           acc-2
state         parked
error         Error: no such rate
class         handler
place         Balances.deposited
attempts      1
set aside     <time>, 0 s ago
later events  3 wait
event         Bank.DepositMade.v1, global position 6
stream        bank::account-acc-2, position 1
time          1970-01-01T00:00:01.000Z
payload       {
                "accountId": "acc-2",
                "amount": 10
              }
metadata      {}
`);
  });

  it("prints a document", async () => {
    await project.domain("server", "--once");
    expect(JSON.parse((await show("Balances", "acc-2", "--json")).stdout)).toEqual(
      expect.objectContaining({
        subscription: "Balances",
        key: "acc-2",
        position: 6,
        error: { name: "Error", message: "no such rate" },
        event: expect.objectContaining({ type: "Bank.DepositMade.v1", data: { accountId: "acc-2", amount: 10 } }),
        text: null,
        unreadable: null,
        laterEvents: 3,
      }),
    );
  });

  it("prints the text of an event that is no JSON", async () => {
    await appendText("bank::account-acc-1", '{"accountId":"acc-1","amount":');
    await project.domain("server", "--once");
    const { stdout, status } = await show("Balances", "acc-1");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^class +undecodable$/m);
    expect(stdout).toMatch(/^raw payload +\{"accountId":"acc-1","amount":$/m);
    expect(stdout).toMatch(
      /^unreadable +Cannot read position 4 of stream "bank::account-acc-1": its data is not valid JSON$/m,
    );
  });

  it.each([
    [["WelcomeMal", "acc-2"], 'Domain "bank" has no subscription "WelcomeMal"; did you mean "WelcomeMail"?', 2],
    [["Balances", "acc-3"], 'Key "acc-3" of Balances is not set aside; did you mean "acc-2"?', 1],
    [["WelcomeMail", "acc-2"], 'Key "acc-2" of WelcomeMail is not set aside; none of its keys is', 1],
  ])("refuses %j", async (args, message, status) => {
    await project.domain("server", "--once");
    expect(await show(...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status });
  });
});
