import type { ChildProcess } from "node:child_process";

import { Project } from "./project";
import { outcomeOf, startDomain } from "./spawned";

let project: Project;
beforeEach(async () => {
  project = new Project("serving");
  await project.openAccounts(["acc-1"], 0);
  await project.openAccounts(["acc-2"], 0, "Bob");
});
afterEach(() => project[Symbol.dispose]());

/** Starts a server of the handler that sends letters, in a process of its own. */
const startServer = (post: string, ...args: string[]): ChildProcess =>
  startDomain(["server", "--lane=mail", ...args], { cwd: project.folder, env: { POST: post } });

/** Resolves when a process has printed this on standard error. */
async function printed(child: ChildProcess, text: string): Promise<void> {
  let all = "";
  await new Promise<void>((resolve) => {
    child.stderr?.on("data", (chunk) => {
      all += String(chunk);
      if (all.includes(text)) resolve();
    });
  });
}

/** Runs a server, and sends signals once it has printed something. */
async function signalled(child: ChildProcess, text: string, ...signals: readonly NodeJS.Signals[]) {
  const outcome = outcomeOf(child);
  void printed(child, text).then(() => {
    for (const signal of signals) child.kill(signal);
  });
  const { stderr, ...rest } = await outcome;
  return { ...rest, stderr: stderr.replaceAll(project.folder, ".") };
}

/** The letters that a further server with a quick post writes. */
async function lettersLeft(): Promise<string[]> {
  const { stderr } = await outcomeOf(startServer("quick", "--once"));
  return stderr.match(/^writing to .*$/gm) ?? [];
}

/** Whom letters were written or sent to. */
const to = (what: "writing" | "sent", stderr: string) =>
  Array.from(stderr.matchAll(/^(writing|sent) to (\w+)$/gm), ([, did, name]) =>
    did === what ? name : undefined,
  ).filter((name) => name !== undefined);

const OPENING = 'Serving bank: WelcomeMail; lane mail; SQLite file "./bank.db"\n';

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  it("lets a handler end what it has in hand, and acknowledges it", async () => {
    const { stdout, stderr, status } = await signalled(startServer("slow"), "writing to Alice", signal);
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
    // Letters of other streams may be under way beside the first one.
    const [written, sent] = [to("writing", stderr), to("sent", stderr)];
    expect(stderr).toContain(OPENING);
    expect(stderr).toContain(`Stopping on ${signal}: ending what is in hand.\n`);
    expect(written).toContain("Alice");
    expect(sent.sort()).toEqual(written.sort());
    expect(await lettersLeft()).toEqual(
      ["Alice", "Bob"].filter((name) => !written.includes(name)).map((name) => `writing to ${name}`),
    );
  });
});

it("ends a server that has nothing to do", async () => {
  await outcomeOf(startServer("quick", "--once"));
  expect(await signalled(startServer("quick"), "Serving", "SIGTERM")).toEqual({
    stdout: "",
    stderr: `${OPENING}Stopping on SIGTERM: ending what is in hand.\n`,
    status: 0,
  });
});

it("gives up a handler that is not done within the budget, and acknowledges nothing of it", async () => {
  project.replace("domain.toml", 'shutdown = "20s"', 'shutdown = "1s"');
  for (const post of ["careful", "deaf"]) {
    expect(await signalled(startServer(post, "--json"), "writing to Alice", "SIGTERM")).toEqual({
      stdout: expect.stringMatching(
        /^\{"event":"started".*\}\n\{"event":"ended","signal":"SIGTERM","stopped":\[\],"givenUp":\["WelcomeMail"\]\}\n$/,
      ),
      // The second letter is of another key: it does not wait for the first one.
      stderr: expect.stringMatching(
        /^writing to Alice\n(writing to Bob\n)?Gave up WelcomeMail: not done within \[server\] shutdown, and done again by the next server\.\n$/,
      ),
      status: 1,
    });
  }
  expect(await lettersLeft()).toEqual(["writing to Alice", "writing to Bob"]);
});

it("ends at once on a second signal, and says what it gives up", async () => {
  const child = startServer("deaf");
  const outcome = outcomeOf(child);
  void printed(child, "writing to Alice").then(() => child.kill("SIGTERM"));
  void printed(child, "Stopping on SIGTERM").then(() => child.kill("SIGTERM"));
  const { stdout, stderr, status } = await outcome;
  expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
  expect(stderr.replaceAll(project.folder, ".")).toContain(OPENING);
  expect(stderr).toMatch(/\nStopping on SIGTERM: ending what is in hand\.\nEnded at once: gave up WelcomeMail\.\n$/);
  expect(await lettersLeft()).toEqual(["writing to Alice", "writing to Bob"]);
});

it("goes on where a server was killed", async () => {
  expect((await signalled(startServer("deaf"), "writing to Alice", "SIGKILL")).status).toBeNull();
  expect(await lettersLeft()).toEqual(["writing to Alice", "writing to Bob"]);
});

it("hands events of another process to its handlers as they come", async () => {
  const child = startServer("quick");
  const outcome = outcomeOf(child);
  await printed(child, "writing to Bob");
  await project.openAccounts(["acc-3"], 0, "Carol");
  await printed(child, "writing to Carol");
  child.kill("SIGTERM");
  expect((await outcome).status).toBe(0);
  expect(await lettersLeft()).toEqual([]);
});

describe("domain server --once", () => {
  it("ends by itself, and leaves nothing for another", async () => {
    const { stdout, stderr, status } = await outcomeOf(startServer("slow", "--once"));
    expect({ stdout, status }).toEqual({ stdout: "1 subscription(s) are up to date.\n", status: 0 });
    expect([to("writing", stderr).sort(), to("sent", stderr).sort()]).toEqual([
      ["Alice", "Bob"],
      ["Alice", "Bob"],
    ]);
    expect(await lettersLeft()).toEqual([]);
  });

  it("ends on a signal after what is in hand", async () => {
    const { status, stdout, stderr } = await signalled(startServer("slow", "--once"), "writing to Alice", "SIGTERM");
    expect({ status, stdout }).toEqual({ status: 143, stdout: "0 of 1 subscription(s) are up to date.\n" });
    expect(stderr).toMatch(/\nsent to Alice\nStopped by SIGTERM: the next server does what is left\.\n$/);
    expect(await lettersLeft()).toEqual(["writing to Bob"]);
  });
});

it("shows its handlers in the causes of a request", async () => {
  await outcomeOf(startDomain(["server", "--once"], { cwd: project.folder, env: {} }));
  const found = await project.withStore(async (store) => {
    for await (const event of store.read("bank::account-acc-1")) return event.id;
    return "";
  });
  const { stdout } = await outcomeOf(startDomain(["events", "trace", found], { cwd: project.folder, env: {} }));
  expect(stdout.replace(/ \([^ ]*-[^ ]*\)|20\S+Z/g, "")).toBe(`\
└─ 1970-01-01T00:00:00.000Z  Bank.AccountOpened.v1  bank::account-acc-1 at 0  {"accountId":"acc-1","holderName":"Alice"}
   └─ handler WelcomeBonus
      └─ Bank.GiveBonus.v1
         └─   Bank.DepositMade.v1  bank::account-acc-1 at 1  {"accountId":"acc-1","amount":5}
2 event(s) of 1 command(s).
`);
});
