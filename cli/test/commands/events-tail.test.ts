import { Project } from "../project";
import { outcomeOf, startDomain } from "../spawned";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1", "acc-2"], 2);
});
afterEach(() => project[Symbol.dispose]());

const tail = (...args: string[]) => project.domain("events", "tail", ...args);

/** Stream and position of each event that was printed as JSON. */
const places = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { stream: string; position: number })
    .map(({ stream, position }) => `${stream.replace("bank::account-", "")}@${position}`);

describe("domain events tail", () => {
  it("prints the newest events, oldest first", async () => {
    expect(await tail("--limit=1")).toEqual({
      stdout:
        '1970-01-01T00:00:02.000Z  Bank.DepositMade.v1  bank::account-acc-2 at 2  {"accountId":"acc-2","amount":10}\n',
      stderr: "",
      status: 0,
    });
    expect(places((await tail("--limit=2", "--json")).stdout)).toEqual(["acc-2@1", "acc-2@2"]);
    await project.deposit("acc-1", 30);
    expect(places((await tail("--json")).stdout)).toEqual(
      Array.from({ length: 10 }, (_, index) => `acc-1@${index + 23}`),
    );
  });

  it.each([
    ["Account", ["acc-2@2"]],
    ["bank::account", ["acc-2@2"]],
    ["bank::account-acc-1", ["acc-1@2"]],
    ["Transfer", []],
    ["other::invoice", []],
  ])("takes %s", async (name, expected) => {
    expect(places((await tail(name, "--json", "--limit=1")).stdout)).toEqual(expected);
  });

  it("takes an aggregate by class and id", async () => {
    expect(places((await tail("Account", "acc-1", "--json")).stdout)).toEqual(["acc-1@0", "acc-1@1", "acc-1@2"]);
  });

  it("says when there are none", async () => {
    expect((await tail("Transfer")).stdout).toBe("No events.\n");
  });

  it.each([
    [["Acount"], 'Domain "bank" has no aggregate "Acount"; did you mean "Account"?'],
    [["bank::acount"], 'Domain "bank" has no category "bank::acount"; did you mean "bank::account"?'],
    [
      ["bank::account:snapshot"],
      'Cannot search "bank::account:snapshot" for events: it holds snapshots; see "domain snapshot list"',
    ],
  ])("refuses %j", async (args, message) => {
    expect(await tail(...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });

  it("fits lines to a terminal", async () => {
    const { stdout } = await project.run(["events", "tail", "--limit=1"], { terminal: 40 });
    expect(stdout).toBe("1970-01-01T00:00:02.000Z  Bank.DepositM…\n");
  });
});

describe("domain events tail --follow", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("goes on with what is stored, of the aggregates asked for, and ends on %s", async (signal, status) => {
    const child = startDomain(["events", "tail", "-f", "Account", "acc-1", "--limit=1", "--json"], {
      cwd: project.folder,
    });
    let printed = "";
    child.stdout?.on("data", (chunk) => {
      printed += String(chunk);
      if (places(printed).at(-1) === "acc-1@2")
        void project.deposit("acc-2", 1).then(() => project.deposit("acc-1", 2));
      if (places(printed).at(-1) === "acc-1@4") child.kill(signal);
    });
    expect(await outcomeOf(child)).toEqual({ stdout: expect.anything(), stderr: "", status });
    expect(places(printed)).toEqual(["acc-1@2", "acc-1@3", "acc-1@4"]);
  });

  it("waits for the first event of an empty place", async () => {
    const child = startDomain(["events", "tail", "-f", "Account", "acc-9", "--json"], { cwd: project.folder });
    child.stderr?.resume();
    child.stdout?.once("data", () => child.kill("SIGINT"));
    setTimeout(() => void project.openAccounts(["acc-9"], 0), 500);
    const { stdout, status } = await outcomeOf(child);
    expect([places(stdout), status]).toEqual([["acc-9@0"], 130]);
  });

  it("ends quietly when its reader has gone", async () => {
    const child = startDomain(["events", "tail", "-f", "--limit=1"], { cwd: project.folder });
    child.stdout?.once("data", () => {
      child.stdout?.destroy();
      void project.deposit("acc-1", 1);
    });
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const status = await new Promise<number | null>((done) => child.on("close", done));
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });
});
