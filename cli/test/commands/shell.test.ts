import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { run } from "../../src/program";
import { CapturedIo } from "../captured-io";
import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";
import { outcomeOf, startDomain } from "../spawned";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1"], 2);
});
afterEach(() => project[Symbol.dispose]());

const evaluated = (code: string, ...args: string[]) => project.domain("shell", "--eval", code, ...args);

describe("domain shell --eval", () => {
  it("prints the value of the last expression, with the domain and its classes at hand", async () => {
    const code = 'const account = await domain.repositoryFor(Account).get("acc-1"); account.balance';
    expect(await evaluated(code)).toEqual({ stdout: "20\n", stderr: "", status: 0 });
    expect((await evaluated("[AccountOpened.name, bank === domain]")).stdout).toBe("[ 'AccountOpened', true ]\n");
  });

  it.each([
    ["'text'", "text\n"],
    ["'text' as string", "text\n"],
    ["const domain = 1; domain", "1\n"],
    ['import { sep } from "node:path"; sep.length', "1\n"],
    ["for (const one of [1]) one;", ""],
    ["", ""],
    ["new Date() instanceof Date && [] instanceof Array", "true\n"],
  ])("runs %s", async (code, stdout) => {
    expect(await evaluated(code)).toEqual({ stdout, stderr: "", status: 0 });
  });

  it("prints a document", async () => {
    expect((await evaluated("({ count: 1n, missing: undefined })", "--json")).stdout).toBe('{\n  "count": "1"\n}\n');
    expect((await evaluated("let unused;", "--json")).stdout).toBe("null\n");
  });

  it("reports what the program throws, and what is no program", async () => {
    expect(await evaluated("throw new TypeError('lost')")).toEqual({
      stdout: "",
      stderr: "error: TypeError: lost\n",
      status: 1,
    });
    expect((await evaluated('await domain.repositoryFor(Account).get("acc-2")')).stderr).toBe(
      'error: There is no Account with id "acc-2"\n',
    );
    expect(await evaluated("let one =\n  (;")).toEqual({
      stdout: "",
      stderr: "error: Cannot run the program: line 2, column 4: Expression expected.\n",
      status: 2,
    });
  });
});

describe("domain shell of a domain with projections", () => {
  it("knows the projections, the queries and their views", async () => {
    project.exports = () => ({ bank: createServingBank({ root: project.folder, mode: "inline" }) });
    expect(await evaluated('(await viewOf(Balances).get("acc-1")).holder')).toEqual({
      stdout: "Alice\n",
      stderr: "",
      status: 0,
    });
    expect(await evaluated("await domain.dispatch(new Rich({ min: 20 }))")).toEqual({
      stdout: "[ 'Alice' ]\n",
      stderr: "",
      status: 0,
    });
  });

  it("runs no event handlers by itself", async () => {
    const sent: string[] = [];
    project.replace("domain.toml", "[event_store]", "server.embedded = true\n\n[event_store]");
    project.exports = () => ({
      bank: createServingBank({ root: project.folder, send: (name) => void sent.push(name) }),
    });
    await evaluated('await domain.process(new GiveBonus({ accountId: "acc-1" }))');
    expect(sent).toEqual([]);
    await evaluated("await domain.catchUp()");
    expect(sent).toEqual(["Alice"]);
  });
});

describe("domain shell without a terminal", () => {
  it("runs the program on standard input, and keeps what it prints apart from its value", async () => {
    const child = startDomain(["shell"], { cwd: project.folder });
    child.stdin?.end('console.log("on the way");\n(await domain.repositoryFor(Account).get("acc-1")).version\n');
    expect(await outcomeOf(child)).toEqual({ stdout: "2\n", stderr: "on the way\n", status: 0 });
  });
});

describe("domain shell on a terminal", () => {
  /** Types lines at the prompt. @returns what the terminal shows. */
  async function typed(lines: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const shown: string[] = [];
    const screen = new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        shown.push(String(chunk));
        done();
      },
    });
    let left = [...lines];
    const stdin = Object.assign(new Readable({ read: () => undefined }), { isTTY: true });
    // The next line is typed when the prompt stands there.
    const timer = setInterval(() => {
      if (!shown.join("").endsWith("G") && !/bank> /.test(shown.slice(-3).join(""))) return;
      const [line, ...rest] = left;
      if (line === undefined) return;
      left = rest;
      stdin.push(`${line}\n`);
    }, 50);
    const io = new CapturedIo({
      cwd: project.folder,
      env: { ...process.env, ...env },
      stdin,
      loadModule: async () => project.exports(),
    });
    try {
      expect(await run(["shell"], Object.assign(io, { stderr: screen }))).toBe(0);
    } finally {
      clearInterval(timer);
    }
    return shown.join("");
  }

  it("keeps a prompt with await, and its lines for the next time", async () => {
    const file = join(project.folder, "of-shells/history");
    const env = { TIDEMARK_SHELL_HISTORY: file };
    const shown = await typed(['(await domain.repositoryFor(Account).get("acc-1")).balance + 1', ".exit"], env);
    expect(shown).toContain("bank: domain, Account, Transfer, AccountOpened, DepositMade, TransferRequested\n");
    expect(shown).toMatch(/21/);
    expect(readFileSync(file, "utf8")).toContain(".balance + 1");
  });

  it("names what it knows of a domain with projections", async () => {
    project.exports = () => ({ bank: createServingBank({ root: project.folder, mode: "inline" }) });
    const shown = await typed(['(await viewOf(Balances).get("acc-1")).holder', ".exit"], {
      TIDEMARK_SHELL_HISTORY: "",
    });
    expect(shown).toContain("bank: domain, viewOf, Account, AccountOpened, DepositMade, GiveBonus, Balances, Rich\n");
    expect(shown).toMatch(/'Alice'/);
  });

  it("keeps no lines where that is turned off", async () => {
    await typed(["1", ".exit"], { TIDEMARK_SHELL_HISTORY: "" });
    expect(existsSync(join(project.folder, "of-shells"))).toBe(false);
  });
});
