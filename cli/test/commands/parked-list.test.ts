import { createServingBank, type ServingVariant } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
let code: ServingVariant;
beforeEach(async () => {
  project = new Project("serving");
  code = {
    send: (name) => {
      if (name === "Bob") throw new Error("550 no such mailbox");
    },
  };
  project.exports = () => ({ bank: createServingBank({ root: project.folder, ...code }) });
  await project.openAccounts(["acc-1"], 1);
  await project.openAccounts(["acc-2"], 0, "Bob");
});
afterEach(() => project[Symbol.dispose]());

const list = (...args: string[]) => project.domain("parked", "list", ...args);

/** Without the ages of keys, which grow. */
const ageless = (stdout: string) => stdout.replace(/\b\d+ (s|min)\b/g, "0 s");

describe("domain parked list", () => {
  it("says when no key is set aside", async () => {
    expect(await list()).toEqual({ stdout: "No keys are set aside.\n", stderr: "", status: 0 });
    expect((await list("--json")).stdout).toBe("[]\n");
    expect((await list("--skipped")).stdout).toBe("No events were skipped.\n");
  });

  it("prints the key of an event that failed, and why it failed", async () => {
    await project.domain("server", "--once");
    const { stdout, stderr, status } = await list();
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout)).toBe(`\
subscription  key                  state   class    position  attempts  age  error
WelcomeMail   bank::account-acc-2  parked  handler         3         1  0 s  550 no such mailbox
1 key(s) are set aside: 1 parked.
`);
  });

  it("prints documents", async () => {
    await project.domain("server", "--once");
    const { stdout } = await list("--json");
    expect(JSON.parse(stdout)).toEqual([
      {
        subscription: "WelcomeMail",
        key: "bank::account-acc-2",
        position: 3,
        state: "parked",
        class: "handler",
        attempts: 1,
        error: { name: "Error", message: "550 no such mailbox" },
        place: "WelcomeMail.send",
        type: "Bank.AccountOpened.v1",
        stream: "bank::account-acc-2",
        eventId: expect.any(String),
        parkedAt: expect.any(String),
      },
    ]);
  });

  it("prints those of one subscription, and refuses one that there is not", async () => {
    await project.domain("server", "--once");
    expect((await list("--subscription=Balances")).stdout).toBe("No keys are set aside.\n");
    expect((await list("--subscription=WelcomeMail")).stdout).toContain("1 key(s) are set aside");
    expect(await list("--subscription=WelcomeMal")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no subscription "WelcomeMal"; did you mean "WelcomeMail"?\n',
      status: 2,
    });
  });

  it("prints events that were skipped, with who decided it and why", async () => {
    await project.domain("server", "--once");
    await project.domain("parked", "skip", "WelcomeMail", "bank::account-acc-2", "--reason=moved away", "--by=Ann");
    expect((await list()).stdout).toBe("No keys are set aside.\n");
    expect(ageless((await list("--skipped")).stdout)).toBe(`\
subscription  key                  position  event                  by   age  reason
WelcomeMail   bank::account-acc-2         3  Bank.AccountOpened.v1  Ann  0 s  moved away
1 event(s) were skipped.
`);
    expect(JSON.parse((await list("--skipped", "--json")).stdout)).toEqual([
      expect.objectContaining({ key: "bank::account-acc-2", position: 3, by: "Ann", reason: "moved away" }),
    ]);
  });
});
