import type { DomainError } from "@tidemark/core";
import type { Printer } from "@tidemark/example-tour";
import { customersOfCity, domain, OpenCustomerAccount, RegisterCustomer } from "../domain";

/** Registers customers, who are rows, opens accounts for one of them, and shows what is refused as a whole. */
export async function customers({ heading, line }: Printer): Promise<void> {
  heading("Customers");
  const register = (name: string, city: string, email = `${name.toLowerCase()}@example.org`) =>
    domain.process(new RegisterCustomer({ name, email, city }));
  const olga = await register("Olga", "Bern");
  await register("Pia", "Bern");
  await register("Rolf", "Basel");
  line("  Olga, Pia and Rolf are stored as they are now: one row each.");
  await refused(line, "Another Olga, same e-mail", register("Olga", "Zug"));

  const open = (accountNumber: string) =>
    domain.process(new OpenCustomerAccount({ customerId: olga, accountNumber, openingDeposit: 50 }));
  await open("OLG-001");
  await open("OLG-002");
  line("  She opens two accounts, each in one transaction with her row.");
  await refused(line, "A third account is refused, her row stays as it was", open("OLG-003"));
  await domain.catchUp();
  const inBern = (await customersOfCity("Bern")).map(({ name, accountIds }) => `${name} (${accountIds.length})`);
  line(`  Customers in Bern, with their accounts: ${inBern.join(", ")}`);
  line();
}

async function refused(line: (text: string) => void, what: string, work: Promise<unknown>): Promise<void> {
  const code = await work.then(
    () => "accepted",
    (error: DomainError) => error.code,
  );
  line(`  ${what}: ${code}`);
}
