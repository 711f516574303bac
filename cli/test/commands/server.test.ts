import { createServingBank, type ServingVariant } from "../fixtures/serving/src/bank";
import { Project, type RunOptions } from "../project";

let project: Project;
let sent: string[];
let code: ServingVariant;
beforeEach(async () => {
  project = new Project("serving");
  sent = [];
  code = { send: (name) => void sent.push(name) };
  project.exports = () => ({ bank: createServingBank({ root: project.folder, ...code }) });
  await project.openAccounts(["acc-1"], 1);
  await project.openAccounts(["acc-2"], 0, "Bob");
});
afterEach(() => project[Symbol.dispose]());

const server = (...args: string[]) => project.domain("server", ...args);

/** Runs a server and lets a signal arrive once something was printed. */
async function serverUntil(printed: RegExp, args: readonly string[] = [], options: RunOptions = {}) {
  return await project.run(["server", ...args], {
    ...options,
    prepare: ({ stdout, stderr, signals }) => {
      let isSent = false;
      const look = () => {
        if (isSent || !printed.test(stdout.text + stderr.text)) return;
        isSent = true;
        setImmediate(() => signals.emit("SIGTERM", "SIGTERM"));
      };
      stdout.onWrite = look;
      stderr.onWrite = look;
    },
  });
}

const withoutFolder = (text: string) => text.replaceAll(project.folder, ".");

const documents = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);

const position = async (name: string) =>
  (JSON.parse((await project.domain("subscriptions", "show", name, "--json")).stdout) as { position: number }).position;

const refuse = () => {
  throw new Error("550 no such mailbox");
};

const STOPPED =
  /Event handler WelcomeMail has stopped: WelcomeMail\.send failed on event "Bank\.AccountOpened\.v1" at global position \d, position 0 of stream "bank::account-acc-\d": 550 no such mailbox\. Its checkpoint is before that event; correct the cause, and start the server again/;

/** What stops the handler of letters instead of parking its keys. */
const halting = () =>
  project.replace("domain.toml", "[server]", '[subscriptions.WelcomeMail]\non_failure = "halt"\n\n[server]');

describe("domain server --once", () => {
  it("does what there is, what that leads to included, and says what it ran", async () => {
    const { stdout, stderr, status } = await server("--once");
    expect({ stdout, status }).toEqual({ stdout: "3 subscription(s) are up to date.\n", status: 0 });
    expect(withoutFolder(stderr)).toBe(
      'Catching up bank: Balances, WelcomeMail, WelcomeBonus; lanes default, mail; SQLite file "./bank.db"\n',
    );
    expect(sent).toEqual(["Alice", "Bob"]);
    expect((await project.domain("list", "Balances")).stdout).toMatch(/^acc-1 +Alice +15 +2 .*\nacc-2 +Bob +5 +1 /m);
    await server("--once");
    expect(sent).toEqual(["Alice", "Bob"]);
  });

  it("prints one document", async () => {
    const { stdout, stderr, status } = await server("--once", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    const unattended = { parked: 0, waiting: 0, buckets: 16, owners: [] };
    const reached = { state: "up to date", position: 7, lag: 0, lagSeconds: 0, ...unattended };
    expect(JSON.parse(stdout)).toEqual({
      done: true,
      subscriptions: [
        { name: "Balances", kind: "projection", lane: "default", ...reached },
        { name: "WelcomeMail", kind: "event handler", lane: "mail", ...reached },
        { name: "WelcomeBonus", kind: "event handler", lane: "default", ...reached },
      ],
    });
  });

  it("runs the lanes that it is given, and what is paused in none", async () => {
    project.replace("domain.toml", "[server]", "[subscriptions.WelcomeBonus]\npaused = true\n\n[server]");
    const { stdout, stderr } = await server("--once", "--lane=default");
    expect(stdout).toBe("1 subscription(s) are up to date.\n");
    expect(withoutFolder(stderr)).toBe(
      'Catching up bank: Balances; lane default; paused: WelcomeBonus; SQLite file "./bank.db"\n',
    );
    expect(sent).toEqual([]);
    await server("--once", "--lane=default", "--lane=mail");
    expect(sent).toEqual(["Alice", "Bob"]);
  });

  it("goes on with the others when one stops, and fails with what to do", async () => {
    halting();
    code = { send: refuse };
    const { stdout, stderr, status } = await server("--once");
    expect({ stdout, status }).toEqual({ stdout: "2 of 3 subscription(s) are up to date.\n", status: 1 });
    expect(stderr).toMatch(new RegExp(`\nerror: ${STOPPED.source}\n$`));
    expect((await project.domain("list", "Balances")).stdout).toMatch(/^acc-1 +Alice +15 /m);
    expect(await position("WelcomeMail")).toBe(0);

    const { stdout: document, status: again } = await server("--once", "--json", "--lane=mail");
    expect(again).toBe(1);
    expect(JSON.parse(document)).toEqual({
      done: false,
      subscriptions: [
        expect.objectContaining({
          name: "WelcomeMail",
          state: "stopped",
          position: 0,
          error: expect.stringMatching(STOPPED),
        }),
      ],
    });
  });

  it("goes on with other keys when events fail, and fails with how many keys were parked", async () => {
    code = {
      send: (name) => {
        if (name === "Alice") refuse();
        sent.push(name);
      },
    };
    const { stdout, stderr, status } = await server("--once");
    expect({ stdout, status }).toEqual({
      stdout: "3 subscription(s) are up to date; 1 key(s) were parked: see domain parked list.\n",
      status: 1,
    });
    expect(stderr).toContain("550 no such mailbox");
    expect(sent).toEqual(["Bob"]);

    await project.openAccounts(["acc-3"], 0);
    const { stdout: document, status: again } = await server("--once", "--json", "--lane=mail");
    expect(again).toBe(1);
    expect(JSON.parse(document)).toMatchObject({
      done: false,
      subscriptions: [{ name: "WelcomeMail", state: "up to date", parked: 2 }],
      parked: [{ subscription: "WelcomeMail", key: "bank::account-acc-3" }],
    });
  });

  it("shows on a terminal how many events are done and left", async () => {
    const { stderr } = await project.run(["server", "--once"], { terminal: 80 });
    expect(stderr).toMatch(/Balances {5}\[.*\] 0 done, 3 left/);
    expect(stderr).toMatch(/WelcomeMail {2}\[.*\] 0 done, 2 left/);
  });

  it("ends what is in hand when a signal arrives, and leaves the rest", async () => {
    project.replace("domain.toml", "[server]", "[subscriptions]\nbatch = 1\n\n[server]");
    let interrupt = () => {};
    code = {
      send: (name) => {
        sent.push(name);
        interrupt();
      },
    };
    const { stdout, stderr, status } = await project.run(["server", "--once", "--lane=mail"], {
      prepare: ({ signals }) => {
        interrupt = () => void signals.emit("SIGINT", "SIGINT");
      },
    });
    expect({ stdout, status }).toEqual({ stdout: "0 of 1 subscription(s) are up to date.\n", status: 130 });
    expect(stderr).toMatch(/\nStopped by SIGINT: the next server does what is left\.\n$/);
    expect([sent, await position("WelcomeMail")]).toEqual([["Alice"], 1]);
  });

  it("ends at once on a second signal", async () => {
    let interrupt = () => {};
    let exits: readonly number[] = [];
    code = { send: () => interrupt() };
    const { stderr } = await project.run(["server", "--once", "--lane=mail"], {
      prepare: (io) => {
        exits = io.exits;
        interrupt = () => {
          io.signals.emit("SIGINT", "SIGINT");
          io.signals.emit("SIGTERM", "SIGTERM");
        };
      },
    });
    expect(exits[0]).toBe(1);
    expect(stderr).toContain("\nEnded at once: the next server does again what was in hand.\n");
  });
});

describe("domain server", () => {
  it("serves until a signal ends it, and says what it runs", async () => {
    let isBobGreeted = () => {};
    const greeted = new Promise<void>((resolve) => {
      isBobGreeted = resolve;
    });
    code = {
      send: (name) => {
        sent.push(name);
        if (name === "Bob") isBobGreeted();
      },
    };
    const { stdout, stderr, status } = await project.run(["server", "--lane=mail"], {
      prepare: ({ signals }) => void greeted.then(() => signals.emit("SIGTERM", "SIGTERM")),
    });
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
    expect(withoutFolder(stderr)).toBe(
      'Serving bank: WelcomeMail; lane mail; SQLite file "./bank.db"\nStopping on SIGTERM: ending what is in hand.\n',
    );
    expect([sent, await position("WelcomeMail")]).toEqual([["Alice", "Bob"], 3]);
  });

  it("prints a document for its start, each stop and its end", async () => {
    halting();
    code = { send: refuse };
    const { stdout, stderr, status } = await serverUntil(/"event":"stopped"/, ["--json"]);
    expect(status).toBe(1);
    expect(documents(withoutFolder(stdout))).toEqual([
      {
        event: "started",
        domain: "bank",
        store: 'SQLite file "./bank.db"',
        lanes: ["default", "mail"],
        subscriptions: ["Balances", "WelcomeMail", "WelcomeBonus"],
        paused: [],
      },
      { event: "stopped", subscription: "WelcomeMail", error: expect.stringMatching(STOPPED) },
      { event: "ended", signal: "SIGTERM", stopped: ["WelcomeMail"], givenUp: [] },
    ]);
    expect(stderr).toMatch(new RegExp(`\nerror: ${STOPPED.source}\n`));
  });

  it("ends with a failure when none is left", async () => {
    halting();
    code = { send: refuse };
    const { stdout, stderr, status } = await server("--lane=mail");
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toMatch(/\nEnded: 1 subscription\(s\) have stopped, and none is left\.\n$/);
  });

  it("waits for the end of a pause where everything is paused", async () => {
    project.replace("domain.toml", "[server]", "[subscriptions.WelcomeMail]\npaused = true\n\n[server]");
    const { stderr, status } = await serverUntil(/^Serving/, ["--lane=mail"]);
    expect(status).toBe(0);
    expect(withoutFolder(stderr)).toMatch(
      /^Serving bank: nothing; lane mail; paused: WelcomeMail; SQLite file ".\/bank.db"\n/,
    );
    expect(sent).toEqual([]);
  });

  it.each([
    [["--lane=male"], 'Domain "bank" has no subscription in lane "male"; did you mean "mail"?'],
    [["--lane=bulk", "--once"], 'Domain "bank" has no subscription in lane "bulk"; there are default, mail'],
  ])("refuses %j", async (args, message) => {
    const { stdout, stderr, status } = await server(...args);
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).toBe(`error: ${message}\n`);
  });

  it("refuses a domain in which nothing is to be run", async () => {
    using bank = new Project();
    const message =
      'Domain "bank" has nothing that a server could run: no event handler, no SQL projector, no projection of mode "async" and no command';
    for (const args of [["server"], ["server", "--once"]])
      expect(await bank.domain(...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});
