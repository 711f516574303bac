import { join } from "node:path";

import { bundleFixture, startFixture } from "../child-process";
import { openCounters } from "../fixtures/pruned-counters";
import { temporaryFolder } from "../temporary-folder";

const KILLS = process.env.TIDEMARK_TEST === "full" ? 30 : 8;

it(`a prune that is killed, ${KILLS} times, leaves each aggregate with a usable snapshot`, async () => {
  const path = join(temporaryFolder(), "counters.db");
  const bundle = bundleFixture("prune-for-ever");
  let pruned = 0;
  for (let run = 0; run < KILLS; run++) {
    const child = startFixture(bundle, [path]);
    const patience = 3 + (run % 5);
    await new Promise<void>((resolve) => {
      child.child.stdout!.on("data", () => child.lines.length >= patience && resolve());
      child.child.on("close", () => resolve());
    });
    child.child.kill("SIGKILL");
    await child.ended;
    expect(child.lines.length).toBeGreaterThanOrEqual(patience);
    pruned += Math.floor(child.lines.length / 3);

    const { domain, Counter } = await openCounters(path);
    const usable = new Set<string>();
    for await (const entry of domain.snapshotsFor(Counter).entries()) {
      expect(entry.usable).toBe(true);
      usable.add(entry.id);
    }
    expect([...usable]).toEqual(["1", "2", "3", "4", "5"]);
    for await (const { outcome } of domain.snapshotsFor(Counter).verify()) expect(outcome).toBe("equal");
    for await (const { faults } of domain.verifyEventStore()) expect(faults).toEqual([]);
    await domain.close();
  }
  expect(pruned).toBeGreaterThanOrEqual(KILLS);
});
