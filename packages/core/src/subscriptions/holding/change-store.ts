import { type Answer, answered } from "../../ports/answer";
import type { AppendedStream, AppendRequest, EventLog } from "../../ports/event-log";
import type { OperationStores } from "../../ports/operation-stores";
import type { Operation } from "../../ports/operations";
import type { Change } from "../reading/change";

/** Stores changes, all or none: operations alone, or together with events. */
export class ChangeStore {
  constructor(
    private readonly operations: Pick<OperationStores, "flush">,
    private readonly log: Pick<EventLog, "append">,
    /** Called with what was appended. */
    private readonly appended: (streams: readonly AppendedStream[]) => void = () => undefined,
  ) {}

  /** @throws what the store says of the changes. */
  flush(changes: readonly Change[]): Answer<void> {
    if (!changes.some(isAppend)) return this.operations.flush(changes as readonly Operation[]);
    const requests: AppendRequest[] = [];
    const also: Operation[] = [];
    for (const change of changes) {
      if (change.kind === "appendEvents") requests.push(...change.requests);
      else also.push(change);
    }
    return answered(this.log.append(requests, { also }), (streams) => this.appended(streams));
  }
}

/** Whether a change appends events. */
export function isAppend({ kind }: Change): boolean {
  return kind === "appendEvents";
}
