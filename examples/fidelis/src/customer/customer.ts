import { Aggregate, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { CustomerMoved, CustomerRegistered } from "./customer-events";

/** A person with accounts, stored as the bank knows her today: nobody asks for the e-mail of last year. */
@domain.aggregate({ stored: "state", keepEvents: "90d" })
export class Customer extends Aggregate(
  {
    name: z.string().min(1).max(100),
    email: z.email(),
    city: z.string().min(1),
    accountIds: z.array(identifier()).max(2).default([]),
  },
  { unique: ["email"], indexes: [["city", "name"]] },
) {
  static register(name: string, email: string, city: string): Customer {
    const customer = Customer.createNew();
    Object.assign(customer, { name, email, city });
    customer.raise(new CustomerRegistered({ customerId: customer.id, name }));
    return customer;
  }

  /** Raises no event: nobody reacts to a new e-mail. */
  changeEmail(email: string): void {
    this.email = email;
  }

  moveTo(city: string): void {
    if (city === this.city) return;
    this.city = city;
    this.raise(new CustomerMoved({ customerId: this.id, city }));
  }

  /** Notes an account as hers. */
  holds(accountId: string): void {
    this.accountIds.push(accountId);
  }
}
