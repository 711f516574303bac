import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
let sent: string[];
beforeEach(async () => {
  project = new Project("serving");
  sent = [];
  project.exports = () => ({
    bank: createServingBank({ root: project.folder, send: (name) => void sent.push(name) }),
  });
  await project.openAccounts(["acc-1"], 0);
});
afterEach(() => project[Symbol.dispose]());

const subscriptions = (...args: string[]) => project.domain("subscriptions", ...args);

describe("domain subscriptions pause", () => {
  it("lets no server run it, says who asked and why, until it is resumed", async () => {
    expect(await subscriptions("pause", "WelcomeMail", "--by=ann", "--reason=the mail server moves")).toEqual({
      stdout: "Paused WelcomeMail: servers end what they have in hand of it, within a second.\n",
      stderr: "",
      status: 0,
    });
    await project.domain("server", "--once");
    expect(sent).toEqual([]);
    const { stdout } = await subscriptions("show", "WelcomeMail");
    expect(stdout).toMatch(/^state +paused at 20\S+Z by ann: the mail server moves$/m);

    expect((await subscriptions("resume", "WelcomeMail")).stdout).toBe(
      "Resumed WelcomeMail: servers go on with it within a second.\n",
    );
    await project.domain("server", "--once");
    expect(sent).toEqual(["Alice"]);
    expect(await subscriptions("resume", "WelcomeMail")).toEqual({
      stdout: "Nothing to do: WelcomeMail was not paused, and has not stopped.\n",
      stderr: "",
      status: 0,
    });
  });

  it("prints documents", async () => {
    const { stdout } = await subscriptions("pause", "Balances", "--by=ann", "--json");
    const pause = { at: expect.any(String), by: "ann" };
    expect(JSON.parse(stdout)).toMatchObject({ name: "Balances", state: "paused", pause });
    const resumed = JSON.parse((await subscriptions("resume", "Balances", "--json")).stdout) as object;
    expect(resumed).toMatchObject({ resumed: true, name: "Balances", state: "behind" });
    expect(resumed).not.toHaveProperty("pause");
  });

  it.each(["pause", "resume", "seek"])("%s refuses a name that no subscription has", async (command) => {
    expect(await subscriptions(command, "WelcomeMal", ...(command === "seek" ? ["now"] : []))).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no subscription "WelcomeMal"; did you mean "WelcomeMail"?\n',
      status: 2,
    });
  });

  it("leaves to domain.toml what domain.toml pauses", async () => {
    project.replace("domain.toml", "[server]", "[subscriptions.WelcomeMail]\npaused = true\n\n[server]");
    expect(await subscriptions("resume", "WelcomeMail")).toEqual({
      stdout: "",
      stderr:
        'error: Cannot resume "WelcomeMail": [subscriptions.WelcomeMail] of domain.toml pauses it; remove paused there\n',
      status: 2,
    });
  });
});
