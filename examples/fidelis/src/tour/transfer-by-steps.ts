import type { Printer } from "@tidemark/example-tour";
import { Account, AccountSummary, domain, RequestTransfer, Transfer } from "../domain";
import { money } from "./figures";

/** Has two transfers carried out by a process: shows which events follow from the first one, and what becomes of the second one. */
export async function transferBySteps({ heading, line }: Printer): Promise<void> {
  heading("A transfer step by step");
  const [fromAccountId, toAccountId] = await Promise.all([accountOf("Grace"), accountOf("Alice")]);
  const correlationId = "grace-to-alice";
  await domain.process(new RequestTransfer({ fromAccountId, toAccountId, amount: 40 }), { correlationId });
  await domain.catchUp();
  line(`  Grace has ${money(40)} transferred to Alice. What happens:`);
  for await (const { event, metadata } of domain.events({ of: [Account, Transfer] })) {
    if (metadata.correlationId !== correlationId) continue;
    const { cause } = metadata;
    line(
      `  ${event.constructor.name.padEnd(19)}${cause === undefined ? "" : `by a command of ${cause.handler}`}`.trimEnd(),
    );
  }
  const amount = 1_000_000;
  const id = await domain.process(new RequestTransfer({ fromAccountId, toAccountId, amount }));
  await domain.catchUp();
  const { status, reason } = await domain.repositoryFor(Transfer).get(id);
  line(`  Then ${money(amount)}: ${status}`);
  line(`  ${reason}`);
  line();
}

async function accountOf(holderName: string): Promise<string> {
  const account = await domain.viewOf(AccountSummary).where("holderName", "=", holderName).first();
  if (account === undefined) throw new Error(`${holderName} has no account`);
  return account.accountId;
}
