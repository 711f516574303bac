import { all, openTill } from "./till";

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
