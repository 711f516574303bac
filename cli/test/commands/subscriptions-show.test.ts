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
parked    0 key(s)
servers   none
`);
    await project.domain("server", "--once");
    expect((await show("WelcomeMail")).stdout).toBe(`\
name      WelcomeMail
kind      event handler
lane      mail
state     up to date
position  8
left      nothing
parked    0 key(s)
servers   none
`);
  });

  it("says what pauses one", async () => {
    project.replace("domain.toml", "[server]", "[subscriptions.Balances]\npaused = true\n\n[server]");
    expect((await show("Balances")).stdout).toMatch(
      /^state {5}paused: \[subscriptions\.Balances\] of domain\.toml says so$/m,
    );
  });

  it("names the servers that have it, and the keys that are set aside", async () => {
    const bank = createServingBank({ root: project.folder });
    await bank.init();
    const server = await bank.serve({ lanes: ["mail"] });
    const { stdout } = await show("WelcomeMail");
    expect(stdout).toMatch(/^servers +16 of 16 bucket\(s\) on [\da-f-]{36}$/m);
    const { owners } = JSON.parse((await show("WelcomeMail", "--json")).stdout) as { owners: unknown };
    expect(owners).toEqual([{ server: expect.any(String), buckets: 16 }]);
    await server.close();
    await bank.close();
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
      parked: 0,
      waiting: 0,
      buckets: 16,
      owners: [],
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
