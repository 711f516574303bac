import { Project } from "./project";

let project: Project;
beforeEach(() => {
  project = new Project("commonjs");
});
afterEach(() => project[Symbol.dispose]());

it("prints its version", async () => {
  expect(await project.domain("--version")).toEqual({ stdout: "0.1.0\n", stderr: "", status: 0 });
});

it("prints help for the whole and for each command", async () => {
  const { stdout, stderr, status } = await project.domain("--help");
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout).toContain("snapshot");
  expect((await project.domain("events", "read", "--help")).stdout).toContain("--from <position>");
});

it("needs a command", async () => {
  const { stdout, stderr, status } = await project.domain();
  expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
  expect(stderr).toContain("Usage: domain");
});

it.each([
  [["snapshot", "creat"], "error: unknown command 'creat'\n(Did you mean create?)\n"],
  [["snapshot", "create", "--agregate=A"], "error: unknown option '--agregate=A'\n(Did you mean --aggregate?)\n"],
  [["snapshot", "create", "Account"], "error: too many arguments for 'create'. Expected 0 arguments but got 1.\n"],
  [["snapshot", "show", "--aggregate=A"], "error: required option '--identifier <id>' not specified\n"],
  [["events", "read"], "error: missing required argument 'stream'\n"],
  [["events", "history", "--aggregate=A"], "error: required option '--identifier <id>' not specified\n"],
])("refuses %j", async (args, stderr) => {
  expect(await project.domain(...args)).toEqual({ stdout: "", stderr, status: 2 });
});
