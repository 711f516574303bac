import { Domain, type Middleware } from "../../src/index";
import { bank } from "../fixtures/bank";

function openingOf({ OpenAccount }: Pick<ReturnType<typeof bank>, "OpenAccount">) {
  return new OpenAccount({ accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 });
}

describe("middleware", () => {
  it("runs in order around the handler and its unit of work", async () => {
    const { domain, Account, OpenAccount } = bank();
    const steps: string[] = [];
    const noting =
      (name: string): Middleware =>
      async (_command, next, { type }) => {
        steps.push(`${name} before ${type}`);
        const id = (await next()) as string;
        steps.push(`${name} after, stored: ${await domain.repositoryFor(Account).exists(id)}`);
        return id;
      };
    domain.use(noting("outer"), noting("middle")).use(noting("inner"));
    await domain.init();
    await domain.process(openingOf({ OpenAccount }));
    expect(steps).toEqual([
      "outer before Fidelis.OpenAccount.v1",
      "middle before Fidelis.OpenAccount.v1",
      "inner before Fidelis.OpenAccount.v1",
      "inner after, stored: true",
      "middle after, stored: true",
      "outer after, stored: true",
    ]);
  });

  it("is refused where it is no function", () => {
    expect(() => bank().domain.use(undefined as never)).toThrow(
      "domain.use takes functions such as (command, next) => next(), found undefined",
    );
  });

  it("sees the command, may refuse it, and nothing is done then", async () => {
    const { domain, Account, OpenAccount, MakeDeposit } = bank();
    domain.use((command, next) => {
      if (command instanceof MakeDeposit) throw new Error("you may not");
      return next();
    });
    await domain.init();
    const accountId = await domain.process<string>(openingOf({ OpenAccount }));
    await expect(domain.process(new MakeDeposit({ accountId, amount: 5 }))).rejects.toThrow("you may not");
    expect((await domain.repositoryFor(Account).get(accountId)).version).toBe(0);
  });

  it("may give another result, and catch what the handler throws", async () => {
    const { domain, OpenAccount, MakeDeposit } = bank();
    domain.use(async (_command, next) => {
      try {
        return { result: await next() };
      } catch (error) {
        return { caught: (error as Error).name };
      }
    });
    await domain.init();
    expect(await domain.process(openingOf({ OpenAccount }))).toEqual({ result: expect.any(String) });
    expect(await domain.process(new MakeDeposit({ accountId: "nobody", amount: 5 }))).toEqual({
      caught: "ObjectNotFoundError",
    });
  });

  it("calls next() once", async () => {
    const { domain, Account, OpenAccount } = bank();
    domain.use(async function audit(_command, next) {
      await next();
      return await next();
    });
    await domain.init();
    await expect(domain.process(openingOf({ OpenAccount }))).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: "Cannot process Fidelis.OpenAccount.v1 twice: its middleware audit calls next() a second time",
    });
    expect(await domain.repositoryFor(Account).count()).toBe(1);
  });

  it("that returns nothing leaves the result of the command", async () => {
    const { domain, Account, OpenAccount } = bank();
    domain.use(async (_command, next) => {
      await next();
    });
    await domain.init();
    const id = await domain.process<string>(openingOf({ OpenAccount }));
    expect((await domain.repositoryFor(Account).get(id)).id).toBe(id);
  });

  it("that neither returns nor awaits next() ends with the command", async () => {
    const { domain, Account, OpenAccount, MakeDeposit } = bank();
    const others: Promise<unknown>[] = [];
    domain.use((_command, next) => void next());
    domain.use(async (_command, next) => {
      void next();
      await Promise.all(others);
    });
    await domain.init();
    const accountId = await domain.process<string>(openingOf({ OpenAccount }));
    expect((await domain.repositoryFor(Account).get(accountId)).version).toBe(0);
    others.push(domain.repositoryFor(Account).count());
    await expect(domain.process(new MakeDeposit({ accountId: "nobody", amount: 5 }))).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("may answer before next() has ended, and fail while it goes on", async () => {
    const { domain, OpenAccount } = bank();
    const answers: unknown[] = [];
    domain.use((_command, next) => {
      const carried = next();
      const answer = answers.shift();
      return answer instanceof Error
        ? Promise.race([carried, Promise.reject(answer)])
        : Promise.race([answer, carried]);
    });
    await domain.init();
    answers.push("early", new Error("late"));
    expect(await domain.process(openingOf({ OpenAccount }))).toBe("early");
    await expect(domain.process(openingOf({ OpenAccount }))).rejects.toThrow("late");
  });

  it("runs once for a command that is tried several times, and again for one that repeats a key", async () => {
    const { domain, Account, MakeDeposit, AccountCommandHandler } = bank();
    const attempts: number[] = [];
    domain.use(async (_command, next, context) => {
      await next();
      attempts.push(context.attempt);
    });
    await domain.init();
    const accounts = domain.repositoryFor(Account);
    await accounts.add(Account.open("N-1", "Alice", 1, "1"));
    expect(AccountCommandHandler).toBeDefined();
    const deposits = Array.from({ length: 8 }, () =>
      domain.process(new MakeDeposit({ accountId: "1", amount: 1 }), { retries: 1_000 }),
    );
    await Promise.all(deposits);
    expect([attempts.length, Math.max(...attempts) > 1]).toEqual([8, true]);
    attempts.length = 0;
    for (let time = 0; time < 2; time++)
      await domain.process(new MakeDeposit({ accountId: "1", amount: 1 }), { idempotencyKey: "k" });
    expect(attempts).toEqual([1, 0]);
    expect((await accounts.get("1")).balance).toBe(10);
  });

  it("is given up with its command", async () => {
    const { domain, OpenAccount } = bank();
    domain.use(() => new Promise(() => undefined));
    await domain.init();
    await expect(domain.process(openingOf({ OpenAccount }), { timeoutMs: 5 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
  });

  it("is given before the domain is initialised", async () => {
    const domain = new Domain("fidelis", { root: "/" });
    await domain.init();
    expect(() => domain.use((_command, next) => next())).toThrow("register everything before domain.init()");
    await domain.close();
  });
});
