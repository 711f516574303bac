import type { Printer } from "@tidemark/example-tour";
import { AccountSummary, domain, MakeDeposit, Review } from "../domain";
import { money, whole } from "./figures";

/** Catches up with all events, and shows what the compliance handler does about a large deposit. */
export async function compliance({ heading, line }: Printer): Promise<void> {
  heading("Compliance");
  const began = performance.now();
  await domain.catchUp();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const frank = await domain.viewOf(AccountSummary).where("holderName", "=", "Frank").first();
  if (frank === undefined) throw new Error("Frank has no account");
  line(`  Caught up with all events in ${seconds} s.`);

  await domain.process(new MakeDeposit({ accountId: frank.accountId, amount: 25_000 }));
  line("  Frank deposits 25,000.");
  await domain.catchUp();
  for await (const { event, metadata } of domain.events({ of: [Review] }))
    line(`  ${metadata.cause?.handler} has opened a review of ${money(event.amount)} on ${frank.accountNumber}.`);

  await domain.catchUp();
  const reviews = await domain.repositoryFor(Review).count();
  line(`  Nothing happens twice: there is ${whole(reviews)} review.`);
  line();
}
