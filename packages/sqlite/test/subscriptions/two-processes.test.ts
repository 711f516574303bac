import { readFileSync } from "node:fs";
import { join } from "node:path";

import { bundleFixture, startFixture } from "../child-process";
import { handledTills } from "../fixtures/handled-tills";
import { temporaryFolder } from "../temporary-folder";

it("waits for a projection that another process runs", async () => {
  const folder = temporaryFolder();
  const [path, effects] = [join(folder, "shop.db"), join(folder, "effects")];
  const { domain, Pay, Takings } = handledTills(path, effects);
  await domain.init();
  const { child, ended } = startFixture(bundleFixture("serve-until-killed"), [path, effects]);
  for (const n of [1, 2, 3]) await domain.process(new Pay({ n }), { waitFor: [Takings], waitTimeoutMs: 60_000 });
  expect(await domain.viewOf(Takings).get("1")).toEqual({ tillId: "1", sum: 6, payments: 3 });
  child.kill("SIGKILL");
  await ended;
  const late = domain.process(new Pay({ n: 4 }), { waitFor: [Takings], waitTimeoutMs: 50 });
  await expect(late).rejects.toMatchObject({
    code: "WAIT_FAILED",
    reason: "timed out",
    message: expect.stringContaining("this process does not run it: is a server running, `domain server`?"),
  });
  await domain.catchUp();
  expect(await domain.viewOf(Takings).get("1")).toEqual({ tillId: "1", sum: 10, payments: 4 });
  expect([...new Set(readFileSync(effects, "utf8").split("\n").filter(Boolean))]).toEqual(["1", "2", "3", "4"]);
  await domain.close();
});

it("lets a process end that has nothing to serve any more", async () => {
  const folder = temporaryFolder();
  const { child, ended } = startFixture(bundleFixture("catch-up-and-end"), [
    join(folder, "shop.db"),
    join(folder, "effects"),
  ]);
  await ended;
  expect(child.exitCode).toBe(0);
});
