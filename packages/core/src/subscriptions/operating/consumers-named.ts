import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { didYouMean } from "../../wording/did-you-mean";
import { quoted } from "../../wording/in-words";
import type { Consumer } from "../reading/consumer";

/**
 * Finds the subscriptions with a name: one, or one for each version of a projection.
 *
 * @param attempted what is done with them: `Cannot pause`.
 * @throws IncorrectUsageError where there is none.
 */
export function consumersNamed(
  name: string,
  consumers: readonly Consumer[],
  attempted: string,
): readonly [Consumer, ...Consumer[]] {
  const [found, ...others] = consumers.filter((consumer) => consumer.name === name);
  if (found !== undefined) return [found, ...others];
  const names = [...new Set(consumers.map((consumer) => consumer.name))];
  const hint = typeof name === "string" ? didYouMean(name, names) : "";
  throw new IncorrectUsageError(
    `${attempted} ${JSON.stringify(name)}: there is no subscription of this name` +
      (hint || (names.length === 0 ? "" : `; there are ${quoted(names)}`)),
    { subscription: name },
  );
}
