import { z } from "zod";

import { DomainEvent, Entity, hasMany, hasOne, ValidationError, ValueObject, valueObject } from "../../src/index";
import { outputSchema } from "../../src/schema/output-schema";
import {
  Account,
  Address,
  companyAccounts,
  Deposited,
  Limit,
  LimitSet,
  Money,
  Moved,
  Opened,
  Period,
  Signatory,
  SignatoryAdded,
  SignatoryRemoved,
  SignatoryRenamed,
} from "../fixtures/company-account";

export function messagesOf(run: () => unknown): Readonly<Record<string, readonly string[]>> {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error.messages;
    throw error;
  }
  throw new Error("nothing was refused");
}

function full(id: string): Account {
  const account = Account.open(id, "Ann", "Bob");
  account.raise(
    new SignatoryAdded({ accountId: id, signatory: { id: "Cy", name: "Cy", daily: { currency: "USD", amount: 1 } } }),
  );
  account.raise(new SignatoryRenamed({ signatoryId: "Bob", name: "Bobby" }));
  const periods = [{ from: new Date(5), tags: ["a", "b"] }];
  account.raise(
    new LimitSet({ signatoryId: "Cy", limit: { id: "l-1", money: { currency: "EUR", amount: 7 }, periods } }),
  );
  account.raise(new Moved({ address: { id: "home", city: "Rome", since: new Date(1) } }));
  account.raise(new Deposited({ money: new Money({ currency: "EUR", amount: 5 }) }));
  account.raise(new SignatoryRemoved({ signatoryId: "Ann" }));
  return account;
}

describe("an aggregate with entities and value objects", () => {
  it.each([
    ["its events", false],
    ["a snapshot", true],
  ])("comes back from %s with real instances at any depth", async (_, withSnapshot) => {
    const { domain, accounts } = await companyAccounts({ config: { snapshot_threshold: 0 } });
    const account = full("1");
    await accounts.add(account);
    if (withSnapshot) await domain.createSnapshot(account);
    const loaded = await accounts.get("1");
    expect(loaded.toJSON()).toEqual(account.toJSON());
    expect(JSON.parse(JSON.stringify(loaded))).toEqual(JSON.parse(JSON.stringify(account)));
    expect(loaded.balance).toBeInstanceOf(Money);
    expect(loaded.balance.text).toBe("15 EUR");
    expect(loaded.byMonth.m0?.text).toBe("5 EUR");
    expect(loaded.signatories.map(({ id, name }) => [id, name])).toEqual([
      ["Bob", "Bobby"],
      ["Cy", "Cy"],
    ]);
    const limit = loaded.signatories.get("Cy").limits.get("l-1");
    expect(limit).toBeInstanceOf(Limit);
    expect(limit.text).toBe("up to 7 EUR");
    expect(limit.periods[0]).toBeInstanceOf(Period);
    expect(limit.periods[0]?.from).toEqual(new Date(5));
    expect(Object.isFrozen(limit.periods[0]?.tags)).toBe(true);
    expect(loaded.address).toBeInstanceOf(Address);
    expect(loaded.address?.since).toEqual(new Date(1));
    await domain.close();
  });
});
void [z, DomainEvent, Entity, hasMany, hasOne, ValueObject, valueObject, outputSchema, Opened, Signatory];
