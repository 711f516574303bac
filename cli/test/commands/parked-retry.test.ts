import { createServingBank, type ServingVariant } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
let code: ServingVariant;
let sent: string[];
beforeEach(async () => {
  project = new Project("serving");
  sent = [];
  refuseAll("Bob", "Carol", "Dave");
  project.exports = () => ({ bank: createServingBank({ root: project.folder, ...code }) });
  for (const name of ["Bob", "Carol", "Dave"]) await project.openAccounts([name.toLowerCase()], 0, name);
  await project.domain("server", "--once", "--lane=mail");
});
afterEach(() => project[Symbol.dispose]());

/** The post refuses letters to these from now on. */
function refuseAll(...names: readonly string[]): void {
  code = {
    send: (name) => {
      if (names.includes(name)) throw new Error(`550 no mailbox of ${name}`);
      sent.push(name);
    },
  };
}

const retry = (...args: string[]) => project.domain("parked", "retry", ...args);
const keys = async () =>
  (JSON.parse((await project.domain("parked", "list", "--json")).stdout) as { key: string }[]).map(({ key }) => key);

describe("domain parked retry", () => {
  it("brings one key up to date, and leaves the others", async () => {
    refuseAll();
    expect(await retry("WelcomeMail", "bank::account-carol")).toEqual({
      stdout: "Retried 1 key(s): 1 up to date.\n",
      stderr: expect.any(String),
      status: 0,
    });
    expect(sent).toEqual(["Carol"]);
    expect(await keys()).toEqual(["bank::account-bob", "bank::account-dave"]);
  });

  it("says which keys failed again, and fails", async () => {
    refuseAll("Carol");
    const { stdout, status } = await retry("WelcomeMail", "--all");
    expect(status).toBe(1);
    expect(stdout).toBe(
      "bank::account-carol: WelcomeMail.send failed again on Bank.AccountOpened.v1 at global position 2: 550 no mailbox of Carol\n" +
        "Retried 3 key(s): 2 up to date, 1 failed again.\n",
    );
    expect(sent.toSorted()).toEqual(["Bob", "Dave"]);
    expect(await keys()).toEqual(["bank::account-carol"]);
  });

  it("prints a document", async () => {
    refuseAll("Bob");
    const { stdout, status } = await retry("WelcomeMail", "--all", "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      retried: 2,
      failed: [expect.objectContaining({ key: "bank::account-bob", attempts: 2 })],
      stopped: false,
    });
  });

  it("says when there is nothing to retry", async () => {
    expect(await retry("Balances", "--all")).toEqual({
      stdout: "No keys of Balances are set aside.\n",
      stderr: "",
      status: 0,
    });
  });

  it.each([
    [
      ["WelcomeMail"],
      "Cannot retry: the call does not say which key; domain parked retry WelcomeMail <key> retries one, domain parked retry WelcomeMail --all all",
      2,
    ],
    [["WelcomeMail", "a", "--all"], "Cannot retry one key and all of them: leave out the key or --all", 2],
    [["WelcomeMal", "--all"], 'Domain "bank" has no subscription "WelcomeMal"; did you mean "WelcomeMail"?', 2],
    [
      ["WelcomeMail", "bank::account-bo"],
      'Key "bank::account-bo" of WelcomeMail is not set aside; did you mean "bank::account-bob"?',
      1,
    ],
  ])("refuses %j", async (args, message, status) => {
    expect(await retry(...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status });
    expect(sent).toEqual([]);
  });
});
