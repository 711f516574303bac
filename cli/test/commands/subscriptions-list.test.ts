import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";
import { TransfersProject } from "../transfers-project";

let project: Project;
let sent: string[];
beforeEach(async () => {
  project = new Project("serving");
  sent = [];
  project.exports = () => ({
    bank: createServingBank({ root: project.folder, send: (name) => void sent.push(name) }),
  });
  await project.openAccounts(["acc-1", "acc-2"], 1);
});
afterEach(() => project[Symbol.dispose]());

const list = (...args: string[]) => project.domain("subscriptions", "list", ...args);

/** Without the age of the first event that is left, which grows. */
const ageless = (stdout: string) => stdout.replace(/ +[\d,]+ d(?= )/gm, "  9 d").replace(/ +age/, "  age");

describe("domain subscriptions list", () => {
  it("prints how far each one is, and runs none", async () => {
    const { stdout, stderr, status } = await list();
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout)).toBe(`\
name          kind           lane     state   position  lag  age  parked  servers
Balances      projection     default  behind         0    4  9 d       0        0
WelcomeMail   event handler  mail     behind         0    2  9 d       0        0
WelcomeBonus  event handler  default  behind         0    2  9 d       0        0
`);
    expect(sent).toEqual([]);
  });

  it("runs none either where domain.toml embeds a server", async () => {
    project.replace("domain.toml", "[server]", "[server]\nembedded = true");
    await list();
    expect((await list()).stdout).toMatch(/WelcomeMail .* behind /);
    expect(sent).toEqual([]);
  });

  it("tells which are up to date, behind and paused", async () => {
    await project.domain("server", "--once");
    await project.openAccounts(["acc-3"], 0, "Bob");
    project.replace(
      "domain.toml",
      "[server]",
      '[subscriptions.WelcomeBonus]\npaused = true\nlane = "bonus"\n\n[server]',
    );
    await project.domain("server", "--once", "--lane=mail");
    const { stdout } = await list("--json");
    const unattended = { parked: 0, waiting: 0, buckets: 16, owners: [] };
    expect(JSON.parse(stdout)).toEqual([
      {
        name: "Balances",
        kind: "projection",
        lane: "default",
        state: "behind",
        position: 8,
        lag: 1,
        lagSeconds: expect.any(Number),
        ...unattended,
      },
      {
        name: "WelcomeMail",
        kind: "event handler",
        lane: "mail",
        state: "up to date",
        position: 9,
        lag: 0,
        lagSeconds: 0,
        ...unattended,
      },
      {
        name: "WelcomeBonus",
        kind: "event handler",
        lane: "bonus",
        state: "paused",
        position: 8,
        lag: 1,
        lagSeconds: expect.any(Number),
        ...unattended,
      },
    ]);
  });

  it("says when there are none", async () => {
    using bank = new Project();
    expect(await bank.domain("subscriptions", "list")).toEqual({
      stdout: "No subscriptions.\n",
      stderr: "",
      status: 0,
    });
    expect((await bank.domain("subscriptions", "list", "--json")).stdout).toBe("[]\n");
  });

  it("refuses settings of a subscription that there is not", async () => {
    project.replace("domain.toml", "[server]", "[subscriptions.WelcomMail]\npaused = true\n\n[server]");
    const { stdout, stderr, status } = await list();
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).toMatch(
      /^error: .*domain\.toml:\d+: subscriptions\.WelcomMail names no subscription of this domain; did you mean "WelcomeMail"\?\n$/,
    );
  });
});

it("lists process managers among the subscriptions", async () => {
  using transfers = new TransfersProject();
  await transfers.ask("t-1");
  const lines = (await transfers.domain("subscriptions", "list")).stdout.replace(/ +/g, " ").replace(/\d+ s/, "0 s");
  expect(lines).toBe(`\
name kind lane state position lag age parked servers
FundsTransfer process manager default behind 0 1 0 s 0 0
StandingOrder process manager default up to date 0 0 0 0
`);
  expect(await transfers.domain("subscriptions", "seek", "FundsTransfer", "now")).toMatchObject({
    stderr: expect.stringContaining("Cannot move process manager FundsTransfer: its instances would "),
    status: 2,
  });
});
