import { Customer } from "../../src/domain";

const olga = () => Customer.register("Olga", "olga@example.org", "Bern");

describe("a customer", () => {
  it("has what she was registered with, and no account", () => {
    expect(olga()).toMatchObject({ name: "Olga", email: "olga@example.org", city: "Bern", accountIds: [] });
  });

  it("is changed by ordinary methods", () => {
    const customer = olga();
    customer.changeEmail("olga@example.com");
    customer.moveTo("Basel");
    customer.holds("acc-1");
    expect(customer).toMatchObject({ email: "olga@example.com", city: "Basel", accountIds: ["acc-1"] });
  });
});
