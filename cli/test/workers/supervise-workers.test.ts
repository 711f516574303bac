import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";
import { outcomeOf, startDomain } from "../spawned";

let project: Project;
let started: ChildProcess | undefined;
beforeEach(async () => {
  project = new Project("serving");
  started = undefined;
  for (const id of ["acc-1", "acc-2", "acc-3", "acc-4"]) await project.openAccounts([id], 0, id);
});
afterEach(() => {
  started?.kill("SIGKILL");
  project[Symbol.dispose]();
});

function startServer(post: string, ...args: string[]): ChildProcess {
  started = startDomain(["server", ...args], { cwd: project.folder, env: { POST: post } });
  return started;
}

/** Resolves when a process has ended. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await pause(20);
  }
}

/** Waits for texts among what a process prints. */
class Printed {
  text = "";
  private readonly waiting = new Set<() => void>();

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        this.text += String(chunk);
        for (const look of this.waiting) look();
      });
  }

  async has(pattern: RegExp): Promise<RegExpMatchArray> {
    return await new Promise((resolve) => {
      const look = () => {
        const found = pattern.exec(this.text);
        if (found === null) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }
}

const written = (text: string) => [...text.matchAll(/^\[\d\] writing to (acc-\d)$/gm)].map(([, id]) => id).sort();

describe("domain server --workers", () => {
  it("shares the work between processes, marks what they print, and ends well on SIGTERM", async () => {
    const child = startServer("quick", "--workers=2");
    const outcome = outcomeOf(child);
    const printed = new Printed(child);
    await printed.has(/(writing to acc-\d[\s\S]*){4}/);
    await printed.has(/^\[1\] Serving [\s\S]*^\[2\] Serving |^\[2\] Serving [\s\S]*^\[1\] Serving /m);
    child.kill("SIGTERM");
    const { stderr, status } = await outcome;
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^2 worker\(s\) serving bank: Balances, WelcomeMail, WelcomeBonus; lanes default, mail; SQLite file ".*bank\.db"\n/,
    );
    expect(stderr).toContain("Stopping 2 worker(s) on SIGTERM.\n");
    expect(written(stderr)).toEqual(["acc-1", "acc-2", "acc-3", "acc-4"]);
  });

  it("starts a worker again that has died, and nothing is lost", async () => {
    const child = startServer("quick", "--workers=1", "--json");
    const outcome = outcomeOf(child);
    const printed = new Printed(child);
    const [, pid] = await printed.has(/\{"event":"worker started","worker":1,"pid":(\d+)\}/);
    await printed.has(/"worker":1,"event":"started"/);
    await printed.has(/(writing to acc-\d[\s\S]*){4}/);
    process.kill(Number(pid), "SIGKILL");
    await printed.has(/\{"event":"worker ended","worker":1,"status":null,"signal":"SIGKILL","restartMs":1000\}/);
    await printed.has(/("worker":1,"event":"started"[\s\S]*){2}/);
    await project.openAccounts(["acc-5"], 0, "acc-5");
    await printed.has(/writing to acc-5/);
    child.kill("SIGINT");
    const { stdout, stderr, status } = await outcome;
    expect(status).toBe(0);
    expect(JSON.parse(stdout.trim().split("\n").at(-1) as string)).toEqual({
      event: "ended",
      signal: "SIGINT",
      workers: [{ status: 0, signal: null }],
    });
    // What was not acknowledged when the worker died is done again.
    expect([...new Set(written(stderr))]).toEqual(["acc-1", "acc-2", "acc-3", "acc-4", "acc-5"]);
  });

  it("ends all at once on a second signal", async () => {
    const child = startServer("deaf", "--workers=2");
    const outcome = outcomeOf(child);
    const printed = new Printed(child);
    await printed.has(/writing to acc-\d/);
    child.kill("SIGTERM");
    await printed.has(/Stopping on SIGTERM: ending what is in hand/);
    child.kill("SIGTERM");
    const { stderr, status } = await outcome;
    expect(status).toBe(1);
    expect(stderr).toContain("Ended at once: the next server does again what was in hand.\n");
  });

  it("ends its workers when it is killed itself", async () => {
    const child = startServer("quick", "--workers=1", "--json");
    const printed = new Printed(child);
    const [, pid] = await printed.has(/\{"event":"worker started","worker":1,"pid":(\d+)\}/);
    await printed.has(/"worker":1,"event":"started"/);
    child.kill("SIGKILL");
    await gone(Number(pid));
  });

  it("tells the health of all workers at one address", async () => {
    const child = startServer("quick", "--workers=2", "--health=127.0.0.1:0");
    const outcome = outcomeOf(child);
    const printed = new Printed(child);
    const [, address] = await printed.has(/; health at (127\.0\.0\.1:\d+)\n/);
    await printed.has(/^\[1\] Serving [\s\S]*^\[2\] Serving |^\[2\] Serving [\s\S]*^\[1\] Serving /m);
    const ask = async (path: string) => await fetch(`http://${address}${path}`);
    expect(await (await ask("/livez")).json()).toEqual({ live: true });
    expect((await ask("/readyz")).status).toBe(200);
    const text = await (await ask("/metrics")).text();
    for (const worker of [1, 2])
      expect(text).toMatch(new RegExp(`^process_start_time_seconds\\{worker="${worker}"\\} \\d+$`, "m"));
    expect(text.match(/^tidemark_subscription_lag_events\{subscription="WelcomeMail".*$/gm)).toHaveLength(1);
    child.kill("SIGTERM");
    expect((await outcome).status).toBe(0);
  });

  it("ends with --once when every worker has nothing left to do", async () => {
    const { stdout, stderr, status } = await outcomeOf(startServer("quick", "--workers=2", "--once"));
    expect(status).toBe(0);
    expect(stdout.trim().split("\n").sort()).toEqual([
      "[1] 3 subscription(s) are up to date.",
      "[2] 3 subscription(s) are up to date.",
    ]);
    expect(written(stderr)).toEqual(["acc-1", "acc-2", "acc-3", "acc-4"]);
  });
});

describe("domain server", () => {
  it("ends with 1 and says why when something outside of every handler throws", async () => {
    const { stderr, status } = await outcomeOf(startServer("throwing", "--lane=mail"));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: Error: nobody waits for this\n +at /m);
  });
});

describe("a call that no worker could start with", () => {
  it("is refused on a store in memory", async () => {
    project.replace(
      "domain.toml",
      'provider = "sqlite"\npath = "bank.db"\nsynchronous = "normal"',
      'provider = "memory"',
    );
    project.exports = () => ({ bank: createServingBank({ root: project.folder }) });
    expect(await project.domain("server", "--workers=2")).toEqual({
      stdout: "",
      stderr:
        "error: Cannot share the work between 2 processes: the event store, memory of this process, is out of reach for the others. " +
        "Use one process, or an event store on a disk or a server\n",
      status: 2,
    });
  });

  it.each([
    [["--workers=0"], /Expected a whole number of at least 1/],
    [["--workers=2", "--lane=male"], /no subscription in lane "male"; did you mean "mail"\?/],
    [["--health=8080"], /^error: --health must be a host and a port, .*, found "8080"\n$/],
    [["--once", "--health=:8080"], /^error: --once ends when nothing is left to do, and tells no health/],
  ])("%j", async (args, refusal) => {
    project.exports = () => ({ bank: createServingBank({ root: project.folder }) });
    const { stderr, status } = await project.domain("server", ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(refusal);
  });
});
