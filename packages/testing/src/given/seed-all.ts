import { IncorrectUsageError } from "@tidemark/core";
import { firstIdentifier, type IsolatedDomain } from "@tidemark/core/testing";

/**
 * Stores events as if they had happened. Each happened to the aggregate that its first `identifier()` field names.
 *
 * @param id the aggregate that those of the first event's class of aggregates happened to instead.
 * @param seeded called with the global position of each; the rest does not happen once it gives false.
 */
export async function seedAll(
  isolated: IsolatedDomain,
  { events, id }: { readonly events: readonly object[]; readonly id: string | undefined },
  seeded?: (globalPosition: number) => Promise<boolean>,
): Promise<void> {
  await isolated.start();
  const [first] = events;
  const subject = first && isolated.ownerClassOf(first);
  for (const event of events) {
    const position = await isolated.seed(event, (owner) => {
      const found = (owner === subject ? id : undefined) ?? firstIdentifier(event) ?? id;
      if (found !== undefined) return found;
      throw new IncorrectUsageError(
        `Cannot tell which aggregate the given ${event.constructor.name} happened to: declare its id as identifier(), or say it with .withId(…)`,
      );
    });
    if ((await seeded?.(position)) === false) return;
  }
}
