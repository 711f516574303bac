import { z } from "zod";

import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  decimal,
  MemoryEventStore,
  ObjectNotFoundError,
  ValidationError,
} from "../../src/index";

/** An event whose amount was a text of any kind once, in the same version. */
async function changedField() {
  const domain = new Domain("bank", { eventStore: new MemoryEventStore() });
  @domain.event({ partOf: "Account" })
  class DepositMade extends DomainEvent({ amount: decimal() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ count: z.number().default(0) }) {
    @apply(DepositMade)
    onDeposit(): void {
      this.count++;
    }
  }
  await domain.init();
  const data = ["5", "five"].map((amount) => ({ type: "Bank.DepositMade.v1", data: { amount } }));
  await domain.eventStore.append([{ stream: "bank::account-1", events: data }]);
  return { domain, Account };
}

const unreadable = {
  code: "DESERIALIZATION_FAILED",
  stream: "bank::account-1",
  position: 1,
  type: "Bank.DepositMade.v1",
  message:
    'Cannot read position 1 of stream "bank::account-1": its event "Bank.DepositMade.v1" does not fit DepositMade: ' +
    'a stored decimal cannot be read: "five" is not a decimal number, such as "12.50"; ' +
    "if a field has another type since, raise the version of DepositMade and write an upcaster",
};

describe("an event that does not fit its class", () => {
  it("fails the load, by stream and position", async () => {
    const { domain, Account } = await changedField();
    const accounts = domain.repositoryFor(Account);
    await expect(accounts.get("1")).rejects.toMatchObject(unreadable);
    expect((await accounts.get("1", { atVersion: 0 })).count).toBe(1);
    await domain.close();
  });

  it("fails eventFrom in the same words", async () => {
    const { domain } = await changedField();
    const event = await domain.eventStore.readLast("bank::account-1");
    expect(() => domain.eventFrom(event as never)).toThrow(unreadable.message);
    await domain.close();
  });
});

describe("an event that its @apply method fails on", () => {
  async function failing(reason: unknown) {
    const domain = new Domain("bank", { eventStore: new MemoryEventStore() });
    @domain.event({ partOf: "Account" })
    class Counted extends DomainEvent({ amount: z.number() }) {}
    @domain.aggregate({ eventSourced: true })
    class Account extends Aggregate({ sum: z.number().default(0) }) {
      @apply(Counted)
      onCounted({ amount }: Counted): void {
        if (amount > 1) throw reason;
        this.sum += amount;
      }
    }
    await domain.init();
    const events = [1, 1, 2].map((amount) => ({ type: "Bank.Counted.v1", data: { amount } }));
    await domain.eventStore.append([{ stream: "bank::account-1", events }]);
    return domain.repositoryFor(Account);
  }

  it.each([
    ["an error of the language", new TypeError("amount is not a function"), "amount is not a function"],
    ["a value object that is none", new ValidationError({ sum: ["is odd"] }), "sum: is odd"],
    ["a part that is missing", new ObjectNotFoundError({ aggregate: "Line", id: "7" }), 'There is no Line with id "7"'],
    ["a text", "five", "five"],
  ])("fails the load with %s, by stream and position", async (_, cause, reason) => {
    const accounts = await failing(cause);
    await expect(accounts.get("1")).rejects.toEqual(
      expect.objectContaining({
        code: "DESERIALIZATION_FAILED",
        position: 2,
        message: `Cannot read position 2 of stream "bank::account-1": its event "Bank.Counted.v1" cannot be folded: ${reason}`,
        cause,
      }),
    );
  });
});
