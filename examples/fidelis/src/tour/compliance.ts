import type { Printer } from "@tidemark/example-tour";
import { AccountSummary, domain, MakeDeposit, Review } from "../domain";
import { money, whole } from "./figures";

/** Catches up with all events, and shows what the compliance handler does about a large deposit. */
export async function compliance({ heading, line }: Printer): Promise<void> {
  heading("Compliance");
  const began = performance.now();
  await domain.catchUp();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const judy = await domain.viewOf(AccountSummary).where("holderName", "=", "Judy").first();
  if (judy === undefined) throw new Error("Judy has no account");
  line(`  Caught up with all events in ${seconds} s. Now Judy deposits 25,000:`);

  await domain.process(new MakeDeposit({ accountId: judy.accountId, amount: 25_000 }));
  await domain.catchUp();
  for await (const { event, metadata } of domain.events({ of: [Review] }))
    line(`  ${metadata.cause?.handler} has opened a review of ${money(event.amount)} on ${judy.accountNumber}.`);

  await domain.catchUp();
  const reviews = await domain.repositoryFor(Review).count();
  line(`  Nothing happens twice: there is ${whole(reviews)} review.`);
  line();
}
