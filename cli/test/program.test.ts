import { run } from "../src/program";
import { CapturedIo, type Outcome } from "./captured-io";

/** Runs the command in this process, without a project. */
async function domain(args: readonly string[], terminal?: number): Promise<Outcome> {
  const io = new CapturedIo(terminal === undefined ? {} : { terminal });
  const status = await run(args, io);
  return { stdout: io.stdout.text, stderr: io.stderr.text, status };
}

it("prints its version", async () => {
  expect(await domain(["--version"])).toEqual({ stdout: "0.1.0\n", stderr: "", status: 0 });
});

it("prints help for the whole and for each command", async () => {
  const { stdout, stderr, status } = await domain(["--help"]);
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout).toContain("snapshot");
  expect((await domain(["events", "read", "--help"])).stdout).toContain("--from <position>");
});

it("needs a command", async () => {
  const { stdout, stderr, status } = await domain([]);
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
  expect(await domain(args)).toEqual({ stdout: "", stderr, status: 2 });
});

it("fits help to the terminal", async () => {
  const longest = ({ stdout }: Outcome) => Math.max(...stdout.split("\n").map((line) => line.length));
  expect(longest(await domain(["snapshot", "--help"], 100))).toBeLessThanOrEqual(100);
  expect(longest(await domain(["snapshot", "--help"], 200))).toBeGreaterThan(100);
});
