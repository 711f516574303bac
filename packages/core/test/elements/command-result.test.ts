import { z } from "zod";

import { CommandResult } from "../../src/elements/command-result";
import { ValueObject, valueObject } from "../../src/index";
import { all, openTill } from "../commands/till";

describe("a declared result", () => {
  it("is checked against what the handler returns, before anything is stored", async () => {
    const { domain, TillHandler, PayOnce } = await openTill();
    TillHandler.prototype.pay = async () => "five" as never;
    TillHandler.prototype.payOnce = async () => ({ at: "now", sum: 5 }) as never;
    const command = new PayOnce({ tillId: "1", amount: 5, requestId: "r" });
    await expect(domain.process(command)).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: expect.stringMatching(
        /^the result of Shop\.PayOnce\.v1 is not valid: at: .*; sum: .*; its handler must return what the command declares$/,
      ),
    });
    expect(await all(domain.eventStore.readAll())).toEqual([]);
  });

  it("may be anything where nothing is declared", async () => {
    const { domain, Ask } = await openTill();
    const answer = await domain.process(new Ask({ answer: "() => 1" }));
    expect(answer).toBeInstanceOf(Function);
  });
});

describe("a declared result that holds value objects", () => {
  class Money extends ValueObject({ cents: z.bigint() }) {}
  const euro = new Money({ cents: 100n });

  it("is kept by its fields, and given as instances again", () => {
    const result = new CommandResult("Shop.Pay.v1", z.object({ paid: valueObject(Money) }));
    const json = result.encode({ paid: euro });
    expect(json).toEqual({ paid: { cents: "100" } });
    expect(result.decode(JSON.parse(JSON.stringify(json)))).toEqual({ paid: euro });
  });

  it("is refused with one where its class would be lost", () => {
    const result = new CommandResult("Shop.Pay.v1", z.object({ paid: valueObject(Money), change: z.any() }));
    expect(() => result.encode({ paid: euro, change: euro })).toThrow(
      "the result of Shop.Pay.v1 is not valid: change: an instance of Money cannot be stored",
    );
  });
});
