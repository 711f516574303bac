import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { Class } from "../../metadata/class-types";
import type { SnapshotStrategy } from "./strategy";

/**
 * Due when one of the events saved just now is of one of these classes, or of a class derived from one: events that
 * end a chapter, such as a closed month. Never due on a load.
 */
export function afterEvents(...events: readonly [Class, ...Class[]]): SnapshotStrategy {
  if (events.length === 0) throw new IncorrectUsageError("afterEvents() takes at least one event class");
  for (const event of events as readonly unknown[]) {
    if (typeof event !== "function")
      throw new IncorrectUsageError(`afterEvents() takes event classes, found ${JSON.stringify(event) ?? event}`);
  }
  return ({ events: saved }) => saved.some((event) => events.some((type) => event instanceof type));
}
