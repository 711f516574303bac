import { ObjectNotFoundError, UniqueViolationError } from "@tidemark/core";

import {
  Account,
  AccountSummary,
  ChangeEmail,
  Customer,
  customersOfCity,
  domain,
  ForgetCustomer,
  MoveCustomer,
  OpenCustomerAccount,
  RegisterCustomer,
} from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";
import { storedTypes } from "../fixtures/stored-events";

bankOfItsOwn();

async function register(name: string, city = "Bern"): Promise<string> {
  return await domain.process(new RegisterCustomer({ name, email: `${name.toLowerCase()}@example.org`, city }));
}

async function open(customerId: string, accountNumber: string, openingDeposit = 100): Promise<string> {
  return await domain.process(new OpenCustomerAccount({ customerId, accountNumber, openingDeposit }));
}

async function stored(customerId: string): Promise<Customer> {
  return await domain.repositoryFor(Customer).get(customerId);
}

describe("RegisterCustomer", () => {
  it("stores the customer and what happened", async () => {
    const id = await register("Olga");
    expect(await stored(id)).toMatchObject({ name: "Olga", email: "olga@example.org", city: "Bern", version: 0 });
    expect(await storedTypes()).toEqual(["CustomerRegistered"]);
  });

  it("refuses an e-mail that another customer has, and stores nothing", async () => {
    await register("Olga");
    const again = domain.process(new RegisterCustomer({ name: "Other", email: "olga@example.org", city: "Zug" }));
    await expect(again).rejects.toBeInstanceOf(UniqueViolationError);
    await expect(again).rejects.toMatchObject({ details: { aggregate: "Customer", fields: ["email"] } });
    expect(await domain.repositoryFor(Customer).count()).toBe(1);
    expect(await storedTypes()).toEqual(["CustomerRegistered"]);
  });

  it("refuses what is no e-mail", async () => {
    const command = new RegisterCustomer({ name: "Olga", email: "olga at home", city: "Bern" });
    await expect(domain.process(command)).rejects.toMatchObject({ messages: { email: [expect.any(String)] } });
    expect(await storedTypes()).toEqual([]);
  });
});

describe("ChangeEmail", () => {
  it("changes the row and raises no event", async () => {
    const id = await register("Olga");
    await domain.process(new ChangeEmail({ customerId: id, email: "o@example.org" }));
    expect(await stored(id)).toMatchObject({ email: "o@example.org", version: 1 });
    expect(await storedTypes()).toEqual(["CustomerRegistered"]);
  });

  it("frees the former e-mail for others", async () => {
    await domain.process(new ChangeEmail({ customerId: await register("Olga"), email: "o@example.org" }));
    const other = await register("Olga", "Zug");
    expect(await stored(other)).toMatchObject({ email: "olga@example.org", city: "Zug" });
  });
});

describe("MoveCustomer", () => {
  it("moves her, and lists her in the new city", async () => {
    const id = await register("Olga");
    await register("Pia");
    await domain.process(new MoveCustomer({ customerId: id, city: "Basel" }));
    expect((await customersOfCity("Basel")).map(({ name }) => name)).toEqual(["Olga"]);
    expect((await customersOfCity("Bern")).map(({ name }) => name)).toEqual(["Pia"]);
    expect(await storedTypes()).toEqual(["CustomerRegistered", "CustomerRegistered", "CustomerMoved"]);
  });
});

describe("OpenCustomerAccount", () => {
  it("stores an account in her name and notes it as hers", async () => {
    const customerId = await register("Olga");
    const accountId = await open(customerId, "OLG-001");
    expect(await domain.repositoryFor(Account).get(accountId)).toMatchObject({ holderName: "Olga", balance: 100 });
    expect(await stored(customerId)).toMatchObject({ accountIds: [accountId], version: 1 });
  });

  it("stores neither where the customer may have no further account", async () => {
    const customerId = await register("Olga");
    const accountIds = [await open(customerId, "OLG-001"), await open(customerId, "OLG-002")];
    await expect(open(customerId, "OLG-003")).rejects.toMatchObject({ messages: { accountIds: [expect.any(String)] } });
    expect(await domain.repositoryFor(Account).count()).toBe(2);
    expect(await stored(customerId)).toMatchObject({ accountIds, version: 2 });
  });

  it("stores neither where the account is refused", async () => {
    const customerId = await register("Olga");
    await expect(open(customerId, "OLG-001", -1)).rejects.toMatchObject({
      messages: { balance: [expect.any(String)] },
    });
    expect(await domain.repositoryFor(Account).count()).toBe(0);
    expect(await stored(customerId)).toMatchObject({ accountIds: [], version: 0 });
  });

  it("gives her both accounts when they are opened at the same moment", async () => {
    const customerId = await register("Olga");
    const accountIds = await Promise.all([open(customerId, "OLG-001"), open(customerId, "OLG-002")]);
    expect([...(await stored(customerId)).accountIds].sort()).toEqual(accountIds.sort());
  });

  it("shows the account on the dashboard, as any other", async () => {
    const accountId = await open(await register("Olga"), "OLG-001");
    await domain.catchUp();
    expect(await domain.viewOf(AccountSummary).get(accountId)).toMatchObject({ holderName: "Olga", balance: 100 });
  });
});

describe("ForgetCustomer", () => {
  it("deletes her, and her e-mail is free", async () => {
    const customerId = await register("Olga");
    await domain.process(new ForgetCustomer({ customerId }));
    expect(await domain.repositoryFor(Customer).exists(customerId)).toBe(false);
    expect(await stored(await register("Olga"))).toMatchObject({ email: "olga@example.org" });
  });

  it("refuses to delete a customer who has an account", async () => {
    const customerId = await register("Olga");
    await open(customerId, "OLG-001");
    await expect(domain.process(new ForgetCustomer({ customerId }))).rejects.toMatchObject({
      messages: { accountIds: ["Olga has 1 account(s)"] },
    });
    expect(await domain.repositoryFor(Customer).exists(customerId)).toBe(true);
  });

  it("finds nobody of an unknown id", async () => {
    await expect(domain.process(new ForgetCustomer({ customerId: "nobody" }))).rejects.toBeInstanceOf(
      ObjectNotFoundError,
    );
  });
});
