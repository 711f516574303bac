import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Runs a fixture as an adapter's author does who has no jest: by node's own test runner. */
function underNode(fixture: string) {
  const path = join(__dirname, "fixtures", fixture);
  const options = ["-C", "@tidemark/source", "-r", "ts-node/register/transpile-only", "--test-reporter=tap", path];
  const env = { ...process.env, TS_NODE_PROJECT: join(__dirname, "../../../../../tsconfig.base.json") };
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    env,
  });
  const count = (kind: string) => Number(new RegExp(`^# ${kind} (\\d+)$`, "m").exec(stdout)?.[1]);
  return { status, stderr, stdout, passed: count("pass"), failed: count("fail"), skipped: count("skipped") };
}

describe("eventStoreConformance under node's own test runner", () => {
  it("passes a sound store, skipping nothing", () => {
    const { status, passed, failed, skipped, stderr } = underNode("sound-store.ts");
    expect({ status, failed, skipped, stderr }).toEqual({ status: 0, failed: 0, skipped: 0, stderr: "" });
    expect(passed).toBeGreaterThan(100);
  });

  it("fails a store that ignores expected versions, and says which behaviour it lacks", () => {
    const { status, stdout } = underNode("careless-store.ts");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^not ok \d+ - a careless store: expected versions$/m);
    expect(stdout).toMatch(/not ok \d+ - one version too few is refused and nothing is written$/m);
    expect(stdout).toMatch(/^ok \d+ - a careless store: values$/m);
  });
});
