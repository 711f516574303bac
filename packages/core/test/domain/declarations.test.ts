import { Command } from "../../src/index";
import { bank } from "../fixtures/bank";

describe("domain.on", () => {
  it("returns the domain, so that declarations can be chained", () => {
    const { domain, DepositMade, AccountOpened } = bank();
    const call = () => undefined;
    expect(domain.on(DepositMade, { name: "first" }, call).on(AccountOpened, { name: "second" }, call)).toBe(domain);
  });

  it("refuses functions once the domain is initialised", async () => {
    const { domain, DepositMade } = bank();
    await domain.init();
    expect(() => domain.on(DepositMade, { name: "late" }, () => undefined)).toThrow(
      "is initialised already: register everything before domain.init()",
    );
    await domain.close();
  });

  it.each<[string, readonly unknown[], string]>([
    ["no class", [undefined, { name: "mail" }, () => 5], "the class of an event, or anyEvent, first, not undefined"],
    ["no options", [Command({}), () => 5], 'options second, such as { name: "welcome-mail" }, not a function'],
    ["no function", [Command({}), { name: "mail" }], "a function last, not undefined"],
  ])("refuses at once: %s", (_, args, found) => {
    const { domain } = bank();
    const on = domain.on.bind(domain) as (...args: readonly unknown[]) => unknown;
    expect(() => on(...args)).toThrow(`domain.on() takes ${found}`);
  });
});
