import { deepEqual, equal } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openDashboard } from "./dashboard-under-test";

export function movingModes(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("lose and repeat nothing", async () => {
    const before = await openDashboard(at.adapter);
    await before.open("a-1");
    await before.change("a-1", (account) => account.deposit(5));
    equal(await before.domain.viewOf(before.Summary).count(), 0);
    await before.domain.close();

    const inline = await openDashboard(at.adapter, { mode: "inline" });
    equal((await inline.domain.viewOf(inline.Summary).get("a-1")).balance, 5);
    await inline.change("a-1", (account) => account.deposit(6));
    await inline.domain.close();

    const after = await openDashboard(at.adapter);
    await after.change("a-1", (account) => account.deposit(7));
    equal((await after.domain.viewOf(after.Summary).get("a-1")).balance, 11);
    const checkpoints = await at.adapter.operations!.subscriptions.checkpoints("Summary.v1");
    const behind = await at.adapter.log.readAll({ after: checkpoints[0]!.position, limit: 9 });
    const amounts = Array.from(behind.messages, ({ data }) => (JSON.parse(data) as { amount: number }).amount);
    deepEqual(amounts, [7]);
    await after.domain.close();

    const again = await openDashboard(at.adapter, { mode: "inline" });
    equal((await again.domain.viewOf(again.Summary).get("a-1")).balance, 18);
    await again.domain.close();
  });
}
