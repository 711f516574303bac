import { Account, domain, MakeDeposit, OpenAccount } from "./index";

async function main(): Promise<void> {
  await domain.init();
  try {
    const accountId = await domain.process(new OpenAccount({ holderName: "Alice" }));
    await domain.process(new MakeDeposit({ accountId, amount: 100 }));
    const account = await domain.repositoryFor(Account).get(accountId);
    console.log(`${account.holderName}'s account ${account.id} holds ${account.balance}.`);
  } finally {
    await domain.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
