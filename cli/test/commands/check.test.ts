import { readdirSync } from "node:fs";

import { Command, handle, identifier, Projection, Query } from "@tidemark/core";
import { z } from "zod";

import { type BankVariant, createBank } from "../fixtures/bank/src/bank";
import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

const before = process.cwd();

let project: Project;
beforeEach(() => {
  project = new Project();
  // Messages name domain.toml by its path from the working directory.
  process.chdir(project.folder);
});
afterEach(() => {
  process.chdir(before);
  project[Symbol.dispose]();
});

const check = (...args: string[]) => project.domain("check", ...args);

/** Adds two commands to the bank; only the first has a handler. */
function forgetAHandler(code: BankVariant = {}): void {
  project.exports = () => {
    const bank = createBank({ root: project.folder, ...code });

    @bank.command({ partOf: "Account" })
    class OpenAccount extends Command({}) {}

    @bank.command({ partOf: "Account" })
    class CloseAccount extends Command({}) {}

    @bank.commandHandler({ partOf: "Account" })
    class AccountHandler {
      @handle(OpenAccount)
      open(): void {}
    }
    return { bank, CloseAccount, AccountHandler };
  };
}

const unhandled =
  "CloseAccount has no handler: domain.process() will refuse it; add a method with @handle(CloseAccount)";

describe("domain check", () => {
  it("says in one line that nothing is wrong", async () => {
    expect(await check()).toEqual({
      stdout: "bank: 2 aggregates, 3 events, 0 commands: no problems\n",
      stderr: "",
      status: 0,
    });
  });

  it("lists what is wrong with domain.toml and with the classes at once", async () => {
    project.code = { areDepositsApplied: false };
    project.write("domain.toml", 'module = "src/domain.ts"\nsnapshot_treshold = 5\n');
    expect(await check()).toEqual({
      stdout: `\
error: domain.toml:2: snapshot_treshold is not a setting; did you mean "snapshot_threshold"?
error: Account has no @apply method for its event DepositMade
bank: 2 aggregates, 3 events, 0 commands: 2 problems
`,
      stderr: "",
      status: 1,
    });
  });

  it("lists every problem and fails", async () => {
    forgetAHandler({ areDepositsApplied: false });
    project.write(
      "domain.toml",
      'module = "src/domain.ts"\n\n[event_store]\nprovider = "sqlite"\npaht = "bank.db"\n\n[snapshots.aggregates.Acount]\nthreshold = 5\n',
    );
    expect(await check()).toEqual({
      stdout: `\
error: domain.toml:7: snapshots.aggregates.Acount names no aggregate of this domain; did you mean "Account"?
error: domain.toml:3: event_store.path is missing: it must be a string
error: domain.toml:5: event_store.paht is not a setting; did you mean "path"?
error: Account has no @apply method for its event DepositMade
warning: ${unhandled}
bank: 2 aggregates, 3 events, 2 commands: 5 problems
`,
      stderr: "",
      status: 1,
    });
  });

  it("prints one JSON document", async () => {
    forgetAHandler();
    const { stdout, stderr, status } = await check("--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(JSON.parse(stdout)).toEqual({
      domain: "bank",
      aggregates: 2,
      events: 3,
      commands: 2,
      problems: [{ code: "COMMAND_WITHOUT_HANDLER", severity: "warning", element: "CloseAccount", message: unhandled }],
    });
  });

  it.each([
    ["a file in a folder that is missing", 'provider = "sqlite"\npath = "missing/bank.db"'],
    ["a server that is out of reach", 'provider = "postgres"\nurl = "postgres://bank:s3cret@127.0.0.1:1/bank"'],
  ])("touches neither %s nor any file", async (_, eventStore) => {
    project.write("domain.toml", `module = "src/domain.ts"\n[event_store]\n${eventStore}\n`);
    const files = readdirSync(project.folder);
    expect(await check()).toMatchObject({ stderr: "", status: 0 });
    expect(readdirSync(project.folder)).toEqual(files);
  });

  it("lists faults of domain.toml when the module is given", async () => {
    project.write("domain.toml", "snapshot_treshold = 5\n");
    expect(await check("--domain=src/domain.ts")).toEqual({
      stdout: `\
error: domain.toml:1: snapshot_treshold is not a setting; did you mean "snapshot_threshold"?
bank: 2 aggregates, 3 events, 0 commands: 1 problem
`,
      stderr: "",
      status: 1,
    });
  });

  it("ends with 2 when the module cannot be loaded", async () => {
    expect(await check("--domain=src/nowhere.ts", "--json")).toEqual({
      stdout: "",
      stderr: 'error: Cannot load a domain from "src/nowhere.ts": there is no such file\n',
      status: 2,
    });
  });
});

describe("domain check of a domain with projections and event handlers", () => {
  it("lists what is wrong with them", async () => {
    project.write(
      "domain.toml",
      'module = "src/domain.ts"\n\n[subscriptions.WelcomMail]\npaused = true\n\n[server.lanes.male]\nconcurrency = 2\n',
    );
    project.exports = () => {
      const bank = createServingBank({ root: project.folder });

      @bank.projection({})
      class Unfilled extends Projection({ accountId: identifier() }) {}

      @bank.query({ of: Unfilled })
      class Unanswered extends Query({}, { returns: z.number() }) {}
      return { bank, Unanswered };
    };
    const { stdout, stderr, status } = await check();
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(stdout).toBe(`\
error: domain.toml:3: subscriptions.WelcomMail names no subscription of this domain; did you mean "WelcomeMail"?
error: Unfilled has no methods: mark what events do to its rows with @on, or write a projector for it
warning: Unanswered has no handler: domain.dispatch() will refuse it; add a method with @read(Unanswered)
warning: [server.lanes.male] is for commands that are given this lane alone: no subscription is in it; did you mean "mail"?
bank: 1 aggregate, 2 events, 1 command: 4 problems
`);
    const { problems } = JSON.parse((await check("--json")).stdout) as { problems: readonly { code: string }[] };
    expect(problems.map(({ code }) => code)).toEqual([
      "UNKNOWN_SUBSCRIPTION",
      "INVALID_DECLARATION",
      "QUERY_WITHOUT_HANDLER",
      "LANE_WITHOUT_SUBSCRIPTION",
    ]);
  });
});
