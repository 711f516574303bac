import { Project } from "./project";
import { outcomeOf, startDomain } from "./spawned";

/** Runs the command as a user does: in a process of its own. */
const domain = (project: Project, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  outcomeOf(startDomain(args, { cwd: project.folder, env }));

describe("a project", () => {
  it.each([
    ["commonjs", "domain.ts"],
    ["no-tsconfig", "domain.ts"],
    ["es-module", "src/domain.ts"],
    ["bundler", "src/domain.ts"],
    ["standard-decorators", "domain.mts"],
    ["javascript-commonjs", "domain.js"],
    ["javascript-module", "domain.js"],
  ])("of kind %s is loaded, with what @apply needs to know of other files", async (fixture, module) => {
    using project = new Project(fixture);
    expect(await domain(project, ["snapshot", "create", "--aggregate=Account", "--domain", module])).toEqual({
      stdout: "Created 0 snapshot(s) for Account.\n",
      stderr: "",
      status: 0,
    });
  });

  it("keeps what its modules print out of the results, and the command does not wait for what they leave running", async () => {
    using project = new Project("no-tsconfig");
    project.write(
      "module.ts",
      `import { Domain } from "@tidemark/core";
console.log("hello");
setInterval(() => {}, 1_000_000);
export const bank = new Domain("bank");
`,
    );
    expect(await domain(project, ["snapshot", "create", "--domain=module.ts"])).toEqual({
      stdout: "Created 0 snapshot(s) across 0 aggregate(s).\n",
      stderr: "hello\n",
      status: 0,
    });
  });
});

describe("a process", () => {
  it("ends with 1 when the work failed and with 2 when the call is wrong, without a stack", async () => {
    using project = new Project();
    expect(await domain(project, ["events", "read", "bank::account-nobody"])).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no stream "bank::account-nobody"\n',
      status: 1,
    });
    expect(await domain(project, ["snapshot", "creat"])).toEqual({
      stdout: "",
      stderr: "error: unknown command 'creat'\n(Did you mean create?)\n",
      status: 2,
    });
  });

  it("reports what a module throws after it was loaded", async () => {
    using project = new Project("no-tsconfig");
    project.write(
      "module.ts",
      `import { Domain } from "@tidemark/core";
setImmediate(() => { throw new Error("lost postgres://bank:s3cret@db/bank"); });
export const bank = new Domain("bank");
setInterval(() => {}, 1_000_000);
`,
    );
    const { stderr, status } = await domain(project, ["snapshot", "create", "--domain=module.ts"]);
    expect({ stderr, status }).toEqual({ stderr: "error: Error: lost postgres://bank:***@db/bank\n", status: 1 });
  });

  it("ends quietly when its reader has seen enough", async () => {
    using project = new Project();
    await project.openAccounts(["long"], 20_000);
    const child = startDomain(["events", "read", "bank::account-long"], { cwd: project.folder });
    child.stdout?.once("data", () => child.stdout?.destroy());
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const status = await new Promise<number | null>((done) => child.on("close", done));
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops on %s after the aggregates in hand and says what was done", async (signal, status) => {
    using project = new Project();
    await project.openAccounts(Array.from({ length: 200 }, (_, index) => `acc-${index + 100}`));
    const child = startDomain(["snapshot", "create", "--aggregate=Account", "--concurrency=1"], {
      cwd: project.folder,
      env: { SLOWLY_MS: "20" },
    });
    child.stderr?.once("data", () => child.kill(signal));
    const outcome = await outcomeOf(child);

    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(
      new RegExp(`\nStopped by ${signal}: the remaining aggregates were left as they are.\n$`),
    );
    const written = Object.keys(await project.snapshots()).length;
    expect(outcome.stdout).toBe(`Created ${written} snapshot(s) for Account.\n`);
    expect(written).toBeLessThan(200);
  });

  it("ends at once on a second signal", async () => {
    using project = new Project();
    await project.openAccounts(["acc-1", "acc-2"]);
    const child = startDomain(["snapshot", "create", "--aggregate=Account", "--concurrency=1"], {
      cwd: project.folder,
      env: { SLOWLY_MS: "1500" },
    });
    // Both arrive while the first account is folded.
    child.stderr?.once("data", () => {
      child.kill("SIGINT");
      child.kill("SIGTERM");
    });
    const { status, ...printed } = await outcomeOf(child);
    expect(printed).toEqual({ stdout: "", stderr: "folding acc-1\n" });
    // The system does not say which of the two is delivered first.
    expect([130, 143]).toContain(status);
  });
});
