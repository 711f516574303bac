import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { ParkedKey } from "../../ports/subscription-store";
import { quoted } from "../../wording/in-words";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer } from "../reading/consumer";
import { recordIn } from "./parked-record";

/**
 * Finds the keys of an event that stand behind no key that was set aside for it: the event could not be read then, and its aggregate's id
 * or its stream stood for them. Effects that come late can be made up for, and so can steps of instances, to which events of other streams
 * come in any order. Rows cannot: later events have changed them already.
 *
 * @param starting the keys that wait from this event on.
 * @param waits whether a key waits for itself from an event before this one: the event is done with it.
 * @returns undefined where there are none; an error where only a rebuild can help.
 */
export function foreignKeys(
  consumer: Consumer,
  event: ConsumedEvent,
  starting: readonly ParkedKey[],
  waits: (key: string) => boolean,
): ReadonlySet<string> | Error | undefined {
  if (!starting.some((parked) => wasUnreadable(parked))) return undefined;
  const isForeign = (key: string) => !starting.some((parked) => parked.key === key) && !waits(key);
  const foreign = consumer.keysOf(event).filter(isForeign);
  if (foreign.length === 0) return undefined;
  if (!consumer.isGrouped || consumer.kind === "process manager") return new Set(foreign);
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
