import { OperationConflictError } from "../errors/operation-conflict-error";
import type { AppendedStream, AppendRequest, EventLog } from "../ports/event-log";
import type { Operation } from "../ports/operations";
import { pause } from "../ports/real-timers";
import type { Participant } from "./participant";

/** What to append, and what else to do in the same transaction. */
export interface Append {
  readonly requests: readonly AppendRequest[];
  readonly also: readonly Operation[];
  /** The time of the commit, in milliseconds since 1970. */
  readonly now: number;
}

const asItIs = (error: unknown): unknown => error;

/** How often an append is made, and the pauses between: others have to get ahead of it each time. */
const ATTEMPTS = 50;
const ATTEMPTS_WITHOUT_PAUSE = 2;
const LONGEST_PAUSE_MS = 20;

/**
 * Appends events together with what participants have to store because of them. Where one of their operations is refused because
 * others were faster, they are asked again, and the append is made again.
 *
 * @param explain gives what an error of the store means; the error itself where it means nothing else.
 * @throws OperationConflictError for an operation that others were too fast for each time.
 */
export async function appendReacting(
  log: Pick<EventLog, "append">,
  { requests, also, now }: Append,
  participants: readonly Pick<Participant, "react">[],
  explain: (error: unknown) => unknown = asItIs,
): Promise<readonly AppendedStream[]> {
  for (let attempt = 1; ; attempt++) {
    const all = [...also];
    for (const participant of participants) {
      const reaction = participant.react?.(requests, now) ?? [];
      all.push(...(reaction instanceof Promise ? await reaction : reaction));
    }
    try {
      return await log.append(requests, all.length === 0 ? undefined : { also: all });
    } catch (thrown) {
      const error = explain(thrown);
      const isRefused = error instanceof OperationConflictError && all.length > also.length;
      if (!isRefused || attempt === ATTEMPTS) throw error;
    }
    if (attempt > ATTEMPTS_WITHOUT_PAUSE) await pause(Math.random() * LONGEST_PAUSE_MS);
  }
}
