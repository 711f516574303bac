import { createServingBank, type ServingVariant } from "../fixtures/serving/src/bank";
import { Project } from "../project";

let project: Project;
let code: ServingVariant;
beforeEach(async () => {
  project = new Project("serving");
  code = {};
  project.exports = () => ({ bank: createServingBank({ root: project.folder, ...code }) });
  await project.openAccounts(["acc-1", "acc-2"], 1);
  await serve();
});
afterEach(() => project[Symbol.dispose]());

const serve = () => project.domain("server", "--once", "--lane=default");
const projection = (...args: string[]) => project.domain("projection", ...args);

describe("domain projection list", () => {
  it("prints the versions with their tables, and how far their rows are", async () => {
    expect(await projection("list")).toEqual({
      stdout: `\
name      version  mode   state    rows  position  lag  table
Balances        1  async  current     2         8    0  balances_v1
`,
      stderr: "",
      status: 0,
    });
  });

  it("prints those of other releases too", async () => {
    code = { version: 2 };
    await serve();
    expect((await projection("list")).stdout).toBe(`\
name      version  mode   state       rows  position  lag  table
Balances        1  async  undeclared     2         8    0  balances_v1
Balances        2  async  current        2         8    0  balances_v2
`);
    const { stdout } = await projection("list", "--json");
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ name: "Balances", version: 1, isShown: false, shownVersion: 2 }),
      expect.objectContaining({ name: "Balances", version: 2, isShown: true, rows: 2, view: "balances" }),
    ]);
  });

  it("says when there are none", async () => {
    using bank = new Project();
    expect(await bank.domain("projection", "list")).toEqual({ stdout: "No projections.\n", stderr: "", status: 0 });
    expect((await bank.domain("projection", "list", "--json")).stdout).toBe("[]\n");
  });
});

describe("domain projection switch", () => {
  it("lets the view show a former version, and the newer one again", async () => {
    code = { version: 2 };
    await serve();
    expect(await projection("switch", "Balances", "1")).toEqual({
      stdout: "The view of Balances shows version 1.\n",
      stderr: "",
      status: 0,
    });
    expect((await projection("list")).stdout).toMatch(/^Balances +2 +async +building /m);
    expect(JSON.parse((await projection("switch", "Balances", "2", "--json")).stdout)).toEqual({
      projection: "Balances",
      version: 2,
      isShown: true,
    });
    expect((await projection("list")).stdout).toMatch(/^Balances +2 +async +current /m);
  });

  it.each([
    [["Balance", "1"], 'Domain "bank" has no projection "Balance"; did you mean "Balances"?'],
    [["Balances", "3"], "Projection Balances has no version 3; there is 1"],
  ])("refuses %j", async (args, message) => {
    expect(await projection("switch", ...args)).toEqual({ stdout: "", stderr: `error: ${message}\n`, status: 2 });
  });
});

describe("domain projection drop", () => {
  it("drops a version that nobody uses", async () => {
    code = { version: 2 };
    await serve();
    expect(await projection("drop", "Balances", "--version", "1")).toEqual({
      stdout: "Dropped version 1 of Balances: table balances_v1.\n",
      stderr: "",
      status: 0,
    });
    expect((await projection("list")).stdout).not.toContain("balances_v1");
    expect((await project.domain("list", "Balances")).stdout).toContain("2 row(s) of Balances.");
  });

  it("refuses the version that the code declares", async () => {
    const { stdout, stderr, status } = await projection("drop", "Balances", "--version=1");
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).toMatch(/^error: .*Balances/);
    expect((await project.domain("list", "Balances")).stdout).toContain("2 row(s) of Balances.");
  });

  it("asks on a terminal", async () => {
    code = { version: 2 };
    await serve();
    const { stdout, stderr, status } = await project.answer("no", ["projection", "drop", "Balances", "--version=1"]);
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toContain("Drop version 1 of Balances, table balances_v1 with 2 row(s)? [y/N]");
    expect((await projection("list")).stdout).toContain("balances_v1");
  });
});
