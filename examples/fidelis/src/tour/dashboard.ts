import { type Printer, table } from "@tidemark/example-tour";
import { CountActiveAccounts, domain, RichestAccounts } from "../domain";
import { money, whole } from "./figures";

const SHOWN = 4;

/** Shows the accounts with the highest balances, from rows that were folded in the background. */
export async function dashboard({ heading, line }: Printer): Promise<void> {
  heading("The dashboard");
  const columns = [
    ["account", "left"],
    ["holder", "left"],
    ["balance", "right"],
    ["movements", "right"],
    ["reviews", "right"],
  ] as const;
  const rows = (await domain.dispatch(new RichestAccounts({ count: SHOWN }))).map((account) => [
    account.accountNumber,
    account.holderName,
    money(account.balance),
    whole(account.movements),
    whole(account.reviews),
  ]);
  for (const text of table(columns, rows)) line(`  ${text}`);
  line();
  line(`  the richest ${SHOWN} of ${await domain.dispatch(new CountActiveAccounts({}))} active accounts`);
  line();
}
