import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { ParkedKey } from "../../ports/subscription-store";
import { quoted } from "../../wording/in-words";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer } from "../reading/consumer";
import { recordIn } from "./parked-record";

/**
 * Finds the keys of an event that stand behind no key that was set aside for it: the event could not be read then, and its aggregate's id
 * or its stream stood for them. Effects that come late can be made up for. Rows cannot: later events have changed them already.
 *
 * @param starting the keys that wait from this event on.
 * @returns undefined where there are none; an error where only a rebuild can help.
 */
export function foreignKeys(
  consumer: Consumer,
  event: ConsumedEvent,
  starting: readonly ParkedKey[],
): ReadonlySet<string> | Error | undefined {
  if (!starting.some((parked) => wasUnreadable(parked))) return undefined;
  const foreign = consumer.keysOf(event).filter((key) => !starting.some((parked) => parked.key === key));
  if (foreign.length === 0) return undefined;
  if (!consumer.isGrouped) return new Set(foreign);
  return new IncorrectUsageError(
    `Cannot apply event ${JSON.stringify(event.type)} at global position ${event.globalPosition} to ${quoted(foreign)}: it could not be read ` +
      `when its turn was, and later events of these rows are applied. Rebuild ${consumer.name}`,
    { subscription: consumer.name, keys: foreign },
  );
}

function wasUnreadable(parked: ParkedKey): boolean {
  const { class: kind } = recordIn(parked);
  return kind === "unknown type" || kind === "undecodable";
}
