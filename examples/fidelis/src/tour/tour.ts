import type { Printer } from "@tidemark/example-tour";
import { Account, domain, Transfer } from "../domain";
import { corporateAccount } from "./corporate-account";
import { everydayAccount } from "./everyday-account";
import { everydayBusiness } from "./everyday-business";

/** Fills the domain's empty event store and shows the work of snapshots. */
export async function tour(printer: Printer, { corporateEvents }: { readonly corporateEvents: number }): Promise<void> {
  await domain.init();
  try {
    await everydayAccount(printer);
    await everydayBusiness(printer);
    await corporateAccount(printer, corporateEvents);

    const accounts = await domain.repositoryFor(Account).count();
    const transfers = await domain.repositoryFor(Transfer).count();
    printer.line(`The bank now has ${accounts} accounts and ${transfers} transfers. Look around:`);
  } finally {
    await domain.close();
  }
}
