import type { Printer } from "@tidemark/example-tour";
import { Account, domain, Transfer } from "../domain";
import { compliance } from "./compliance";
import { corporateAccount } from "./corporate-account";
import { customers } from "./customers";
import { dashboard } from "./dashboard";
import { everydayAccount } from "./everyday-account";
import { everydayBusiness } from "./everyday-business";
import { transferBySteps } from "./transfer-by-steps";

/**
 * Fills the domain's empty event store and shows the work of snapshots, of an event handler, of a process, of aggregates that are stored as
 * state, and of a projection.
 */
export async function tour(printer: Printer, { corporateEvents }: { readonly corporateEvents: number }): Promise<void> {
  await domain.init();
  try {
    await everydayAccount(printer);
    await everydayBusiness(printer);
    await corporateAccount(printer, corporateEvents);
    await compliance(printer);
    await transferBySteps(printer);
    await customers(printer);
    await dashboard(printer);

    const accounts = await domain.repositoryFor(Account).count();
    const transfers = await domain.repositoryFor(Transfer).count();
    printer.line(`The bank now has ${accounts} accounts and ${transfers} transfers. Look around:`);
  } finally {
    await domain.close();
  }
}
