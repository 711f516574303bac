import { handle, ValidationError } from "@tidemark/core";

import { Account } from "../account/account";
import { domain } from "../fidelis";
import { Customer } from "./customer";
import { ChangeEmail, ForgetCustomer, MoveCustomer, OpenCustomerAccount, RegisterCustomer } from "./customer-commands";

@domain.commandHandler({ partOf: Customer })
export class CustomerCommandHandler {
  /** @returns the new customer's id. */
  @handle(RegisterCustomer)
  async register({ name, email, city }: RegisterCustomer): Promise<string> {
    const customer = Customer.register(name, email, city);
    await domain.repositoryFor(Customer).add(customer);
    return customer.id;
  }

  @handle(ChangeEmail)
  async changeEmail({ customerId, email }: ChangeEmail): Promise<void> {
    await domain.repositoryFor(Customer).update(customerId, (customer) => customer.changeEmail(email));
  }

  @handle(MoveCustomer)
  async move({ customerId, city }: MoveCustomer): Promise<void> {
    await domain.repositoryFor(Customer).update(customerId, (customer) => customer.moveTo(city));
  }

  /**
   * Stores the account, which is its events, and the customer, who is a row, together or not at all.
   *
   * @returns the new account's id.
   */
  @handle(OpenCustomerAccount)
  async openAccount({ customerId, accountNumber, openingDeposit }: OpenCustomerAccount): Promise<string> {
    const customers = domain.repositoryFor(Customer);
    const customer = await customers.get(customerId);
    const account = Account.open(accountNumber, customer.name, openingDeposit);
    customer.holds(account.id);
    await domain.repositoryFor(Account).add(account);
    await customers.add(customer);
    return account.id;
  }

  @handle(ForgetCustomer)
  async forget({ customerId }: ForgetCustomer): Promise<void> {
    const customers = domain.repositoryFor(Customer);
    const { name, accountIds } = await customers.get(customerId);
    if (accountIds.length > 0)
      throw new ValidationError({ accountIds: [`${name} has ${accountIds.length} account(s)`] });
    await customers.delete(customerId);
  }
}
