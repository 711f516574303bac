import { deepEqual, match, rejects } from "node:assert/strict";

import { NotRetryableError } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Gate, runTills } from "./tills-under-test";

export function replacing(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** Opens the release in which one handler has a name, and may replace another one. */
  const release = async (name: string, replaces?: string) => {
    const handled: number[] = [];
    const call = (cents: number) => void handled.push(cents);
    const tills = await runTills(at.adapter, {
      handlers: { [name]: { call, ...(replaces !== undefined && { replaces }) } },
    });
    return { ...tills, handled };
  };

  it("go on where the ones stood that they replace, there and back", async () => {
    const before = await release("mail");
    await before.payments("a", 1, 2);
    await before.domain.catchUp();
    await before.payments("b", 3);
    await before.domain.close();

    const after = await release("letters", "mail");
    await after.payments("c", 4);
    await after.domain.catchUp();
    deepEqual(after.handled.sort(), [3, 4]);
    deepEqual(await at.adapter.operations!.subscriptions.checkpoints("mail"), []);
    await after.domain.close();

    const again = await release("letters", "mail");
    await again.payments("c", 5);
    await again.domain.catchUp();
    deepEqual(again.handled, [5]);
    await again.domain.close();

    const former = await release("mail");
    await rejects(former.domain.catchUp(), /Cannot run event handler mail: letters has replaced it in this store/);
    deepEqual(former.handled, []);
    await former.payments("a", 6);
    await former.domain.close();

    const back = await release("mail", "letters");
    await back.domain.catchUp();
    deepEqual(back.handled, [6]);
    await back.domain.close();
  });

  it("take over the keys that are set aside", async () => {
    const failing = (cents: number) => {
      if (cents === 2) throw new NotRetryableError("two is too much");
    };
    const before = await runTills(at.adapter, { handlers: { mail: { call: failing } } });
    await before.payments("a", 1, 2, 3);
    await before.payments("b", 4);
    await before.domain.catchUp();
    await before.domain.close();

    const { domain, handled } = await release("letters", "mail");
    await domain.catchUp();
    deepEqual(handled, []);
    const parked = await domain.parked();
    deepEqual(
      parked.map(({ subscription, position }) => ({ subscription, position })),
      [{ subscription: "letters", position: 2 }],
    );
    await domain.retryParked({ subscription: "letters" });
    deepEqual(handled, [2, 3]);
    deepEqual(await domain.parked(), []);
    await domain.close();
  });

  it("start as they say where nobody stood in their place", async () => {
    const { domain, payments, handled } = await release("letters", "mail");
    await payments("a", 1);
    await domain.catchUp();
    deepEqual(handled, [1]);
    await domain.close();
  });

  it("end the ones that they replace on a server that still runs them", async () => {
    const taken = new Gate();
    const later: number[] = [];
    const call = (cents: number) => {
      if (cents === 1) taken.open();
      else later.push(cents);
    };
    const before = await runTills(at.adapter, { handlers: { mail: { call } } });
    const server = await before.domain.serve();
    await before.payments("a", 1);
    await taken.opened;
    await before.domain.catchUp();
    const after = await release("letters", "mail");
    await before.stopped.opened;
    match(before.errors.join("\n"), /letters has replaced it in this store/);
    await after.payments("b", 2);
    await after.domain.catchUp();
    deepEqual(after.handled, [2]);
    deepEqual(later, []);
    await server.close();
  });
}
