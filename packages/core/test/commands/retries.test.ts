import { AsyncResource } from "node:async_hooks";

import { all, openTill } from "./till";

/** A till to which somebody else pays 10 in each attempt, before the handler is done. */
async function openBusyTill(config = {}) {
  const till = await openTill({ config });
  await till.domain.process(new till.Pay({ tillId: "1", amount: 1 }));
  till.runs.length = 0;
  const busy = { times: Number.POSITIVE_INFINITY };
  const payElsewhere = AsyncResource.bind(() => till.tills.update("1", (one) => one.pay(10)));
  till.hooks.before = async () => {
    if (busy.times-- > 0) await payElsewhere();
  };
  return { ...till, busy };
}

describe("a command that loses a race for a stream", () => {
  it("runs again in a new unit of work, as the same command", async () => {
    const { domain, busy, runs, tills, Pay } = await openBusyTill();
    busy.times = 2;
    expect(await domain.process(new Pay({ tillId: "1", amount: 5 }), { correlationId: "c" })).toBe(26);
    expect([runs.length, runs[0]?.attempt]).toEqual([3, 3]);
    expect((await tills.get("1")).sum).toBe(26);
    const last = (await all(domain.eventStore.readAll())).at(-1);
    expect(last).toMatchObject({
      data: { amount: 5 },
      metadata: { causationId: runs[0]?.commandId, correlationId: "c" },
    });
  });

  it.each([0, 1, 4])(
    "with a budget of %i retries has one attempt more, then fails with the conflict",
    async (retries) => {
      const { domain, runs, tills, Pay } = await openBusyTill();
      await expect(domain.process(new Pay({ tillId: "1", amount: 5 }), { retries })).rejects.toMatchObject({
        code: "EXPECTED_VERSION_MISMATCH",
        stream: "shop::till-1",
      });
      expect([runs.length, (await tills.get("1")).sum]).toEqual([retries + 1, 1 + 10 * (retries + 1)]);
    },
  );

  it.each([
    [{}, 4],
    [{ commands: { retries: 1 } }, 2],
  ])("takes its budget from the configuration %j: %i attempts", async (config, attempts) => {
    const { domain, runs, Pay } = await openBusyTill(config);
    await expect(domain.process(new Pay({ tillId: "1", amount: 5 }))).rejects.toMatchObject({
      code: "EXPECTED_VERSION_MISMATCH",
    });
    expect(runs.length).toBe(attempts);
  });

  it("among many of one process takes turns with them, so that one retry is enough for each", async () => {
    const { domain, runs, tills, Pay } = await openTill({ config: { commands: { retries: 1 } } });
    await Promise.all(Array.from({ length: 100 }, () => domain.process(new Pay({ tillId: "1", amount: 1 }))));
    expect((await tills.get("1")).sum).toBe(100);
    expect(Math.max(...runs.map(({ attempt }) => attempt))).toBe(2);
  });

  it("is not kept waiting by those who come later", async () => {
    const { domain, tills, Pay } = await openTill();
    const cashier = async () => {
      for (let payments = 0; payments < 20; payments++) await domain.process(new Pay({ tillId: "1", amount: 1 }));
    };
    await Promise.all(Array.from({ length: 16 }, cashier));
    expect((await tills.get("1")).sum).toBe(320);
  });

  it("is not tried again inside a unit of work, which has to begin anew as a whole", async () => {
    const { domain, runs, Pay } = await openBusyTill();
    const work = domain.unitOfWork(() => domain.process(new Pay({ tillId: "1", amount: 5 }), { retries: 5 }));
    await expect(work).rejects.toMatchObject({ code: "EXPECTED_VERSION_MISMATCH" });
    expect(runs.length).toBe(1);
  });

  it.each([-1, 1.5, Number.NaN])("refuses a budget of %p", async (retries) => {
    const { domain, runs, Pay } = await openBusyTill();
    await expect(domain.process(new Pay({ tillId: "1", amount: 5 }), { retries })).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
    });
    expect(runs).toEqual([]);
  });

  it("is not tried again for any other failure", async () => {
    const { domain, runs, Pay } = await openBusyTill();
    await expect(domain.process(new Pay({ tillId: "1", amount: -5 }))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    expect(runs.length).toBe(1);
  });
});
