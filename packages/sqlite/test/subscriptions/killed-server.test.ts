import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { bundleFixture, startFixture } from "../child-process";
import { handledTills } from "../fixtures/handled-tills";
import { temporaryFolder } from "../temporary-folder";

const PAYMENTS = 300;
const KILLS = process.env.TIDEMARK_TEST === "full" ? 50 : 8;

function numbersIn(file: string): number[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
}

it("handles each event at least once and projects each exactly once, at whatever moment servers are killed", async () => {
  const folder = temporaryFolder();
  const [path, effects] = [join(folder, "shop.db"), join(folder, "effects")];
  const { domain, Pay, Takings } = handledTills(path, effects);
  await domain.init();
  const bundle = bundleFixture("serve-until-killed");
  const numbers = Array.from({ length: PAYMENTS }, (_, index) => index + 1);
  let isPaid = false;
  const paying = (async () => {
    for (const n of numbers) await domain.process(new Pay({ n }));
    isPaid = true;
  })();
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, ended } = startFixture(bundle, [path, effects]);
    const before = numbersIn(effects).length;
    // Another moment each time: after so many effects, or when there are none left.
    while (
      numbersIn(effects).length < before + 1 + kill * 7 &&
      !(isPaid && new Set(numbersIn(effects)).size === PAYMENTS)
    )
      await new Promise((resolve) => setTimeout(resolve, 1));
    child.kill("SIGKILL");
    await ended;
  }
  await paying;
  await domain.catchUp();
  expect([...new Set(numbersIn(effects))]).toEqual(numbers);
  expect(await domain.viewOf(Takings).all()).toEqual([
    { tillId: "1", sum: (PAYMENTS * (PAYMENTS + 1)) / 2, payments: PAYMENTS },
  ]);
  // The lease of the server that was killed last may not have run out.
  expect(await domain.subscriptions()).toMatchObject([
    { name: "Takings", lag: 0 },
    { name: "receipts", lag: 0 },
  ]);
  await domain.close();
});
