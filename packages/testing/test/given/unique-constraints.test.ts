import { tmpdir } from "node:os";

import { Aggregate, apply, Command, Domain, DomainEvent, handle, identifier } from "@tidemark/core";
import { given } from "@tidemark/testing";
import { z } from "zod";

const domain = new Domain("shop", { root: tmpdir() });

@domain.event({ partOf: "Customer" })
class Registered extends DomainEvent({ customerId: identifier(), email: z.string() }) {}

@domain.aggregate({ eventSourced: true })
class Customer extends Aggregate({ email: z.string().optional() }, { unique: ["email"] }) {
  register(email: string): void {
    this.raise(new Registered({ customerId: this.id, email }));
  }

  @apply(Registered)
  onRegistered({ email }: Registered): void {
    this.email = email;
  }
}

@domain.command({ partOf: Customer })
class Register extends Command({ customerId: identifier(), email: z.string() }) {}

class CustomerHandler {
  @handle(Register)
  async register({ customerId, email }: Register): Promise<void> {
    const customers = domain.repositoryFor(Customer);
    const customer = (await customers.find(customerId)) ?? Customer.createNew({ id: customerId });
    customer.register(email);
    await customers.add(customer);
  }
}

domain.commandHandler({ partOf: Customer })(CustomerHandler);

const registered = (customerId: string, email: string) => new Registered({ customerId, email });
const register = (customerId: string, email: string) => new Register({ customerId, email });

describe("given, with unique constraints", () => {
  it("rejects a command for the value of an aggregate that it was given", async () => {
    const { rejection, allEvents } = await given(Customer, registered("c-1", "ann@x")).process(
      register("c-2", "ann@x"),
    );
    const details = { aggregate: "Customer", fields: ["email"], id: "c-2" };
    expect(rejection).toMatchObject({ code: "UNIQUE_VIOLATION", details });
    expect(allEvents).toEqual([]);
  });

  it("rejects a command for the value that an earlier command has stored", async () => {
    const { rejection, allEvents } = await given(Customer)
      .process(register("c-1", "ann@x"))
      .process(register("c-2", "ann@x"));
    expect(rejection).toMatchObject({ code: "UNIQUE_VIOLATION" });
    expect(allEvents).toEqual([registered("c-1", "ann@x")]);
  });

  it("accepts a command for a value that an aggregate had given up by the end of what happened", async () => {
    const { accepted } = await given(Customer, registered("c-1", "ann@x"), registered("c-1", "ann@y")).process(
      register("c-2", "ann@x"),
    );
    expect(accepted).toBe(true);
  });

  it("accepts a command with which an aggregate gives up a value that it was given", async () => {
    const { accepted } = await given(Customer, registered("c-1", "ann@x"))
      .process(register("c-1", "ann@y"))
      .process(register("c-2", "ann@x"));
    expect(accepted).toBe(true);
  });
});
