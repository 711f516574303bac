import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { didYouMean } from "../wording/did-you-mean";
import { quoted } from "../wording/in-words";
import type { Consumer } from "./reading/consumer";

/** Lists the lanes that subscriptions are in, and those of what is done beside them. There is always a default lane. */
export function lanesOf(consumers: readonly Consumer[], beside: readonly string[] = []): readonly string[] {
  return [...new Set(["default", ...consumers.map(({ lane }) => lane), ...beside])];
}

/**
 * Picks the subscriptions of some lanes.
 *
 * @param lanes those that are asked for, and those of what is done beside subscriptions.
 * @param attempted what is done with them: `Cannot serve`.
 * @throws IncorrectUsageError for a lane that nothing is in.
 */
export function consumersIn(
  lanes: { readonly asked: readonly string[]; readonly beside: readonly string[] },
  consumers: readonly Consumer[],
  attempted: string,
): readonly Consumer[] {
  const { asked, beside } = lanes;
  const known = lanesOf(consumers, beside);
  for (const lane of asked) if (!known.includes(lane)) throw unknownLane(lane, known, attempted);
  return consumers.filter(({ lane }) => asked.includes(lane));
}

function unknownLane(lane: string, known: readonly string[], attempted: string): IncorrectUsageError {
  const hint = typeof lane === "string" ? didYouMean(lane, known) : "";
  return new IncorrectUsageError(
    `${attempted} lane ${JSON.stringify(lane)}: no subscription is in it${hint || `; there are ${quoted(known)}`}`,
    { lane },
  );
}
