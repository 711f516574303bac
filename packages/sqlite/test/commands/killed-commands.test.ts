import { join } from "node:path";

import { bundleFixture, startFixture } from "../child-process";
import { openTills } from "../fixtures/tills";
import { temporaryFolder } from "../temporary-folder";

const KILLS = process.env.TIDEMARK_TEST === "full" ? 10 : 5;

it(`commands of a process that is killed, ${KILLS} times, happen once when they are repeated, with the first result`, async () => {
  const path = join(temporaryFolder(), "tills.db");
  const bundle = bundleFixture("pay-for-ever");
  const results = new Map<number, number>();
  for (let run = 0; run < KILLS; run++) {
    // What was under way when the process was killed, and all before, is submitted again.
    const fixture = startFixture(bundle, [path, String(Math.max(0, results.size - 3))]);
    const patience = 5 + (run % 4);
    await new Promise<void>((resolve) => {
      fixture.child.stdout!.on("data", () => fixture.lines.length >= patience && resolve());
      fixture.child.on("close", () => resolve());
    });
    fixture.child.kill("SIGKILL");
    await fixture.ended;
    expect(fixture.lines.length).toBeGreaterThanOrEqual(patience);
    for (const line of fixture.lines) {
      const [n = -1, one = -1, other = -1] = line.split(" ").map(Number);
      expect([one, other]).toEqual([results.get(n) ?? one, one]);
      results.set(n, one);
    }
  }

  const { domain, pay, till } = await openTills(path);
  const numbers = [...results.keys()];
  expect(await Promise.all(numbers.map(pay))).toEqual([...results.values()]);
  const { paid } = await till();
  expect(paid.slice(0, numbers.length)).toEqual(numbers);
  expect(new Set(paid).size).toBe(paid.length);
  for await (const { faults } of domain.verifyEventStore()) expect(faults).toEqual([]);
  await domain.close();
});
