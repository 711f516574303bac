import { spawnSync } from "node:child_process";
import { join } from "node:path";

describe("given under node's own test runner", () => {
  it("passes what holds, and shows the difference of what does not", () => {
    const file = join(__dirname, "fixtures/under-node.ts");
    const options = ["-C", "@tidemark/source", "-r", "ts-node/register/transpile-only", "--test-reporter=tap", file];
    const env = { ...process.env, TS_NODE_PROJECT: join(__dirname, "../../../../tsconfig.base.json") };
    const { stdout, status } = spawnSync(process.execPath, options, { encoding: "utf8", env });
    expect(stdout).toMatch(/^ok 1 - a deposit is made$/m);
    expect(stdout).toMatch(/^ok 2 - too much is refused$/m);
    expect(stdout).toMatch(/^not ok 3 - a wrong expectation fails with both amounts$/m);
    expect(stdout).toMatch(/^ *\+ +amount: 5,?$/m);
    expect(stdout).toMatch(/^ *- +amount: 6,?$/m);
    expect(status).toBe(1);
  });
});
