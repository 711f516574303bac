import { deterministicId } from "../elements/deterministic-id";

/**
 * Makes the id of a command that an instance issues: the same each time that the step is made.
 *
 * @param process the name of the process manager.
 * @param id that of the instance.
 * @param eventId the event that the step is made for.
 * @param index the place among the commands of the step, from 0.
 */
export function issuedCommandId(process: string, id: string, eventId: string, index: number): string {
  return deterministicId(process, id, eventId, "command", String(index));
}
