import { durationMs } from "../../config/duration";
import type { TimeOfTimer } from "../../elements/process-manager";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { QueueTime } from "../../ports/command-queue";
import { inWords } from "../../wording/in-words";

/**
 * Reads the time of a timer or a deadline.
 * @param what whose time it is, for the error: `timer "expiry"`.
 * @throws IncorrectUsageError for anything but one length of time, or one moment.
 */
export function queueTimeOf(time: TimeOfTimer, what: string): QueueTime {
  const { after, at } = (typeof time === "object" && time !== null ? time : {}) as {
    readonly after?: unknown;
    readonly at?: unknown;
  };
  if (after !== undefined && at === undefined) {
    const parsed = durationMs.safeParse(after);
    if (parsed.success) return { afterMs: parsed.data };
    throw refused(what, `"after" ${parsed.error.issues[0]!.message}, not ${inWords(after)}`);
  }
  if (at !== undefined && after === undefined) {
    if (Object.prototype.toString.call(at) === "[object Date]" && !Number.isNaN((at as Date).getTime()))
      return { at: (at as Date).getTime() };
    throw refused(what, `"at" must be a valid Date, not ${inWords(at)}`);
  }
  throw refused(what, 'it takes { after: "10m" } or { at: date }');
}

function refused(what: string, fault: string): IncorrectUsageError {
  return new IncorrectUsageError(`Cannot take the time of ${what}: ${fault}`);
}
