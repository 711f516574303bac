import type { Printer } from "@tidemark/example-tour";
import { domain, MakeDeposit, MakeWithdrawal, OpenAccount, Transfer, TransferMoney } from "../domain";

const HOLDERS = ["Bob", "Carol", "Dan", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Mallory"];

/** Opens ten more accounts, with a few deposits and withdrawals each, and transfers money between them. */
export async function everydayBusiness({ heading, line }: Printer): Promise<void> {
  heading("Everyday business");
  const ids = await Promise.all(HOLDERS.map(open));
  for (const [index, accountId] of ids.entries()) {
    const Movement = index % 2 === 0 ? MakeDeposit : MakeWithdrawal;
    await domain.process(new Movement({ accountId, amount: 25 }));
  }
  const transfers: Transfer[] = [];
  for (const [index, fromAccountId] of ids.entries()) {
    const toAccountId = ids[(index + 1) % ids.length] ?? fromAccountId;
    const amount = index === 4 ? 1_000_000 : 10 * (index + 1);
    const id = await domain.process(new TransferMoney({ fromAccountId, toAccountId, amount }));
    transfers.push(await domain.repositoryFor(Transfer).get(id));
  }
  const completed = transfers.filter(({ status }) => status === "COMPLETED");
  line(`  ${ids.length} more accounts are opened, and ${transfers.length} transfers made between them:`);
  line(`  ${completed.length} completed, both accounts and the transfer stored together or not at all;`);
  for (const { status, reason } of transfers) if (status === "FAILED") line(`  1 failed: ${reason}`);
  line();
}

async function open(holderName: string, index: number): Promise<string> {
  const accountNumber = `ACC-${String(index + 2).padStart(3, "0")}`;
  return await domain.process(new OpenAccount({ accountNumber, holderName, openingDeposit: 100 * (index + 1) }));
}
