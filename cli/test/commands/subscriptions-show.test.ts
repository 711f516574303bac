import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project("serving");
  project.exports = () => ({ bank: createServingBank({ root: project.folder }) });
  await project.openAccounts(["acc-1", "acc-2"], 1);
});
afterEach(() => project[Symbol.dispose]());

const show = (...args: string[]) => project.domain("subscriptions", "show", ...args);

describe("domain subscriptions show", () => {
  it("prints how far one is", async () => {
    const { stdout, stderr, status } = await show("WelcomeMail");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout.replace(/[\d,]+ d old/, "9 d old")).toBe(`\
name      WelcomeMail
kind      event handler
lane      mail
state     behind: domain server runs it
position  0
left      2 event(s), the first 9 d old
`);
    await project.domain("server", "--once");
    expect((await show("WelcomeMail")).stdout).toBe(`\
name      WelcomeMail
kind      event handler
lane      mail
state     up to date
position  8
left      nothing
`);
  });

  it("says what pauses one", async () => {
    project.replace("domain.toml", "[server]", "[subscriptions.Balances]\npaused = true\n\n[server]");
    expect((await show("Balances")).stdout).toMatch(
      /^state {5}paused: \[subscriptions\.Balances\] of domain\.toml says so$/m,
    );
  });

  it("prints a document", async () => {
    expect(JSON.parse((await show("WelcomeBonus", "--json")).stdout)).toEqual({
      name: "WelcomeBonus",
      kind: "event handler",
      lane: "default",
      state: "behind",
      position: 0,
      lag: 2,
      lagSeconds: expect.any(Number),
    });
  });

  it.each([
    ["WelcomeMal", '; did you mean "WelcomeMail"?'],
    ["Invoices", "; it has Balances, WelcomeMail, WelcomeBonus"],
  ])("refuses %s", async (name, hint) => {
    expect(await show(name)).toEqual({
      stdout: "",
      stderr: `error: Domain "bank" has no subscription "${name}"${hint}\n`,
      status: 2,
    });
  });
});
