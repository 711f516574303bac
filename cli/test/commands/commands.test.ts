import type { Operation } from "@tidemark/core/adapter";

import { ageless, TransfersProject } from "../transfers-project";

let project: TransfersProject;
beforeEach(async () => {
  project = new TransfersProject();
  await project.ask("t-1");
  await project.step();
});
afterEach(() => project[Symbol.dispose]());

const commands = (...args: string[]) => project.domain("commands", ...args);
const diskFull = { error: { name: "Error", message: "disk full" } };
const idOf = async () => (await project.queue())[0]!.id;

describe("domain commands list", () => {
  it("prints what lies in the queue", async () => {
    const { stdout, stderr, status } = await commands("list");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout).replace(/ +/g, " ")).toBe(`\
id command lane state due attempts issued by error
UUID Bank.Withdraw.v1 bank waiting N ago 0 FundsTransfer t-1
1 command(s).
`);
    await project.settle("parked", diskFull);
    expect(ageless((await commands("list")).stdout).replace(/ +/g, " ")).toContain(
      "\nUUID Bank.Withdraw.v1 bank parked 6 FundsTransfer t-1 disk full\n",
    );
  });

  it("prints documents", async () => {
    expect(JSON.parse((await commands("list", "--json")).stdout)).toEqual([
      expect.objectContaining({
        type: "Bank.Withdraw.v1",
        state: "waiting",
        lane: "bank",
        issuedBy: { process: "FundsTransfer", id: "t-1" },
        command: { accountId: "alice", amount: 50, reference: "t-1" },
      }),
    ]);
  });

  it("prints those of a state, a lane, a type and an instance", async () => {
    const found = async (...args: string[]) => (await commands("list", ...args)).stdout.includes("1 command(s).");
    expect(await found("--state=waiting", "--state=parked")).toBe(true);
    expect(await found("--state=done")).toBe(false);
    expect(await found("--lane=bank")).toBe(true);
    expect(await found("--lane=mail")).toBe(false);
    expect(await found("--type=Withdraw")).toBe(true);
    expect(await found("--type=Bank.Gone.v1")).toBe(false);
    expect(await found("--process=FundsTransfer", "--id=t-1")).toBe(true);
    expect(await found("--process=FundsTransfer", "--id=t-2")).toBe(false);
  });

  it("goes on behind an id, and says how", async () => {
    await project.ask("t-2");
    await project.step();
    const first = await idOf();
    expect((await commands("list", "--limit=1", "--state=waiting", "--lane=bank")).stderr).toBe(
      `There are more than 1: domain commands list --state=waiting --lane=bank --after=${first} prints the next ones, --limit=all prints all.\n`,
    );
    expect((await commands("list", `--after=${first}`)).stdout).toContain("1 command(s).");
  });

  it.each([
    [["--state=over"], 'There is no state "over": a command is waiting, parked, done, refused, expired, cancelled'],
    [["--process=FundsTransfer"], "--process and --id name an instance together: give both of them"],
    [
      ["--type=Withdrow"],
      'Cannot list the commands "Withdrow": there is no command of this name; did you mean "Withdraw"?',
    ],
  ])("refuses %j", async (args, message) => {
    expect(await commands("list", ...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});

describe("domain commands show", () => {
  it("prints a command with its data, and what has come of it", async () => {
    const id = await idOf();
    const { stdout, stderr, status } = await commands("show", id);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(ageless(stdout).replace(/^metadata .*$/m, "metadata")).toBe(`\
id         UUID
command    Bank.Withdraw.v1
state      waiting: until it is due, those before it are finished, and a server has room for it
lane       bank
due        TIME, N ago
attempts   0 failed
issued by  FundsTransfer t-1
data       {
             "accountId": "alice",
             "amount": 50,
             "reference": "t-1"
           }
metadata
`);
    await project.settle("parked", diskFull);
    const parked = (await commands("show", id)).stdout;
    expect(parked).toContain(`\nstate      parked: correct the cause, then domain commands retry ${id}\n`);
    expect(parked).toContain("\nerror      Error: disk full\n");
    expect(JSON.parse((await commands("show", id, "--json")).stdout)).toMatchObject({
      id,
      state: "parked",
      attempts: 6,
    });
  });

  it("says when there is no such command", async () => {
    expect(await commands("show", "c-1")).toEqual({
      stdout: "",
      stderr: 'error: The queue has no command with id "c-1"; it was never there, or was carried out and is not kept\n',
      status: 1,
    });
    const id = await idOf();
    expect((await commands("show", id.slice(0, 8))).stderr).toContain(`did you mean "${id}"?`);
  });
});

describe("domain commands cancel", () => {
  it("cancels a command, and the process is told so", async () => {
    const id = await idOf();
    expect(await commands("cancel", id, "--by=ann", "--reason=typed twice")).toEqual({
      stdout: `Cancelled Bank.Withdraw.v1 (${id}): it is not carried out. FundsTransfer t-1 is told so.\n`,
      stderr: "",
      status: 0,
    });
    const shown = (await commands("show", id)).stdout;
    expect(shown).toMatch(/^state +cancelled$/m);
    expect(shown).toMatch(/^asked +ann: typed twice$/m);
    await project.step();
    expect((await project.domain("processes", "show", "FundsTransfer", "t-1")).stdout).toMatch(/^status +ended$/m);
  });

  it("refuses one that a server has, and one that is finished", async () => {
    const id = await idOf();
    await project.change(async ({ operations }) => {
      const claim = { worker: "w-1", lanes: ["bank"], limit: 1, oldest: 0, claimMs: 600_000 };
      await operations.commandQueue.claim(claim);
      return [];
    });
    const { stdout, stderr, status } = await commands("cancel", id);
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(ageless(stderr)).toBe(
      'error: Cannot cancel command "UUID" (Bank.Withdraw.v1): worker w-1 has it, until TIME at least; it may have been carried out by then\n',
    );
    await project.settle("done", {});
    expect(ageless((await commands("cancel", id)).stderr)).toBe(
      'error: Cannot cancel command "UUID" (Bank.Withdraw.v1): it is finished: done\n',
    );
  });
});

describe("domain commands retry", () => {
  it("lets a parked command wait again", async () => {
    const id = await idOf();
    expect(await commands("retry", id)).toMatchObject({
      stdout: "",
      stderr: `error: Cannot retry command "${id}" (Bank.Withdraw.v1): it is not parked, but waiting\n`,
      status: 1,
    });
    await project.settle("parked", diskFull);
    expect(await commands("retry", id, "--by=ann")).toEqual({
      stdout: `Bank.Withdraw.v1 (${id}) waits again, and is due at once.\n`,
      stderr: "",
      status: 0,
    });
    expect(JSON.parse((await commands("show", id, "--json")).stdout)).toMatchObject({
      state: "waiting",
      attempts: 0,
      by: "ann",
      error: { message: "disk full" },
    });
  });

  it("lets all parked commands wait again, or those of a type", async () => {
    expect((await commands("retry", "--all")).stdout).toBe("No commands are parked.\n");
    await project.ask("t-2");
    await project.step();
    await project.settle("parked", diskFull);
    expect((await commands("retry", "--all", "--type=Deposit")).stdout).toBe("No commands are parked.\n");
    expect(await commands("retry", "--all")).toEqual({ stdout: "2 command(s) wait again.\n", stderr: "", status: 0 });
    expect((await project.queue()).map(({ state }) => state)).toEqual(["waiting", "waiting"]);
    expect(JSON.parse((await commands("retry", "--all", "--json")).stdout)).toEqual({ retried: 0, failed: 0 });
  });

  it.each([
    [
      [],
      "Cannot retry: the call does not say which command; domain commands retry <id> retries one, domain commands retry --all all",
    ],
    [["c-1", "--all"], "Cannot retry one command and others: leave out the id, or --all, --lane and --type"],
  ])("refuses %j", async (args, message) => {
    expect(await commands("retry", ...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});

describe("domain server --once", () => {
  it("fails with how many commands were parked", async () => {
    await project.change(async ({ operations }) => [
      {
        kind: "enqueue",
        entry: {
          ...{ id: "broken", lane: "bank", type: "Bank.Gone.v1", priority: 0, number: 0, due: { at: 0 } },
          data: JSON.stringify({ command: {}, metadata: {}, keepsResult: true }),
        },
      },
      ...(await operations.commandQueue.list({ states: ["waiting"], limit: 9 })).map(
        ({ id, revision }): Operation => ({ kind: "settleEntry", id, expected: revision }),
      ),
    ]);
    const { stdout, stderr, status } = await project.domain("server", "--once");
    expect({ stdout, status }).toEqual({
      stdout: "2 subscription(s) are up to date; 1 command(s) were parked: see domain commands list --state=parked.\n",
      status: 1,
    });
    expect(stderr).toContain("Bank.Gone.v1");
    await commands("retry", "broken");
    expect(JSON.parse((await project.domain("server", "--once", "--json")).stdout)).toMatchObject({
      done: false,
      parkedCommands: [{ id: "broken", type: "Bank.Gone.v1" }],
    });
  });
});
