import { handle } from "@tidemark/core";
import { given } from "@tidemark/testing";

import { dashboard, Mail } from "./fixtures/dashboard";

const { Account, WelcomeMail, MakeDeposit, domain, opened, deposited, ...others } = dashboard();

const deposit = (accountId: string, amount: number) => new MakeDeposit({ accountId, amount });

describe("given an event handler", () => {
  it("tells the commands that it processed and the calls of what it was not given", async () => {
    const { commands, calls, failure } = await given(WelcomeMail, opened("acc-1"));
    expect(commands).toEqual([deposit("acc-1", 5)]);
    expect(calls).toEqual([{ on: "Mail", method: "send", args: ["Alice", { idempotencyKey: "given-0" }] }]);
    expect(failure).toBeUndefined();
  });

  it("records and carries out the calls of the objects that it is given", async () => {
    const mail = new Mail();
    const { calls } = await given(WelcomeMail, opened("acc-1")).with(mail).when(opened("acc-2", "Bob"));
    expect(mail.sent).toEqual(["Alice given-0", "Bob given-1"]);
    expect(calls).toEqual([
      { on: "Mail", method: "send", args: ["Alice", { idempotencyKey: "given-0" }] },
      { on: "Mail", method: "send", args: ["Bob", { idempotencyKey: "given-1" }] },
    ]);
  });

  it("tells why a command was refused, as the handler learns it, and that what came before was carried out", async () => {
    const result = await given(WelcomeMail, opened("acc-1", "Alice", -3));
    expect(result.commands).toEqual([deposit("acc-1", 5), deposit("acc-1", -3)]);
    expect(result.failure).toMatchObject({ code: "VALIDATION_FAILED" });
  });

  it("hands over nothing behind an event that a method threw on", async () => {
    const { calls, failure } = await given(WelcomeMail, opened("acc-1"), opened("acc-2", "Mallory"), opened("acc-3"));
    expect(failure).toEqual(new TypeError("nobody of that name"));
    expect(calls.map(({ args }) => args[0])).toEqual(["Alice"]);
  });

  it("lets a fake fail", async () => {
    const send = () => Promise.reject(new Error("the mail server is down"));
    const { commands, calls, failure } = await given(WelcomeMail, opened("acc-1")).with({ send });
    expect(failure).toEqual(new Error("the mail server is down"));
    expect(calls).toHaveLength(1);
    expect(commands).toEqual([]);
  });

  it("carries its commands out after the events that were given, those that are not for it included", async () => {
    class Watcher {
      @handle(others.DepositMade)
      async look({ accountId }: InstanceType<typeof others.DepositMade>): Promise<void> {
        const { balance } = await bank.domain.repositoryFor(bank.Account).get(accountId);
        this.report(balance);
      }
      constructor(private readonly report: (balance: number) => void) {}
    }
    const bank = { domain, Account };
    domain.eventHandler({ startFrom: "beginning" })(Watcher);
    const balances: number[] = [];
    const { calls } = await given(
      Watcher,
      opened("acc-1", "Alice", 1),
      deposited("acc-1", 2),
      deposited("acc-1", 3),
    ).with((balance) => balances.push(balance));
    expect(balances).toEqual([3, 6]);
    expect(calls.map(({ method, args }) => [method, args])).toEqual([
      ["", [3]],
      ["", [6]],
    ]);
  });

  it("is constructed by the resolver of its domain where nothing else is said", async () => {
    const mail = new Mail();
    const resolved = dashboard({ resolver: (type) => new type(mail) as object });
    const { calls, commands } = await given(resolved.WelcomeMail, resolved.opened("acc-1"));
    expect(mail.sent).toEqual(["Alice given-0"]);
    expect(calls).toEqual([]);
    expect(commands).toHaveLength(1);
    const own = new Mail();
    await given(resolved.WelcomeMail, resolved.opened("acc-1")).with(own);
    expect(mail.sent).toHaveLength(1);
    expect(own.sent).toEqual(["Alice given-0"]);
  });

  it("refuses what is no event", async () => {
    await expect(given(WelcomeMail, others.AccountOpened as never)).rejects.toThrow(
      "given(WelcomeMail, …) takes instances of events after the handler",
    );
  });
});
