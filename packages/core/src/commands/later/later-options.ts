import type { TimeOfTimer } from "../../elements/process-manager";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { ValidationError } from "../../errors/validation-error";
import { identifierFault } from "../../schema/identifier";
import { didYouMean } from "../../wording/did-you-mean";
import { inWords, quoted } from "../../wording/in-words";
import type { ProcessOptions } from "../command-processor";

/** What `process` takes for a command that runs later, beside `asynchronous: true`. */
export interface LaterOptions {
  /** Higher ones come first; a whole number, 0 where absent. Bulk still moves: a quarter of the places goes to what is due the longest. */
  readonly priority?: number;
  /** The lane of servers that carry it out; `default` where absent. */
  readonly lane?: string;
  /** It is not carried out after that, by the clock of the store, or the domain's where the domain was given one. */
  readonly deadline?: Date;
  /** Ties together what one request from outside causes; what the running code belongs to, or the command's own id, where absent. */
  readonly correlationId?: string;
  /** Makes the command happen once, however often it is put into the queue: the others get the first result. */
  readonly idempotencyKey?: string;
}

/** What `schedule` takes: when the command is carried out, and how. */
export type ScheduleOptions = LaterOptions &
  TimeOfTimer & {
    /** Names the command, so that another call with the key replaces it as long as it waits, and `unschedule` finds it. */
    readonly key?: string;
  };

const FOR_COMMANDS_AT_ONCE = ["retries", "signal", "timeoutMs", "waitFor", "waitTimeoutMs"] as const;

/** @throws IncorrectUsageError for options of `process` that say nothing of a command that runs later. */
export function refuseOptionsOfNow(command: string, options: ProcessOptions): void {
  const found = FOR_COMMANDS_AT_ONCE.find((name) => options[name] !== undefined);
  if (found === undefined) return;
  const advice =
    found === "timeoutMs" || found === "signal"
      ? `give ${found} to result() of the handle`
      : found === "retries"
        ? "[processing] retry of domain.toml says how it is repeated"
        : "wait for its result(), and then for the position";
  throw new IncorrectUsageError(`Cannot process ${command} later with "${found}": ${advice}`);
}

/** @throws IncorrectUsageError for options that say nothing of a command that is carried out at once. */
export function refuseOptionsOfLater(command: string, { priority, lane }: ProcessOptions): void {
  const found = priority !== undefined ? "priority" : lane !== undefined ? "lane" : undefined;
  if (found === undefined) return;
  throw new IncorrectUsageError(
    `Cannot process ${command} at once with "${found}": it is for commands that run later, { asynchronous: true }`,
  );
}

/**
 * @param lanes those that servers can run.
 * @throws IncorrectUsageError, ValidationError for an option that is not valid.
 */
export function checkLaterOptions(command: string, options: LaterOptions, lanes: readonly string[]): void {
  const { priority = 0, lane = "default", deadline, idempotencyKey } = options;
  const refused = (fault: string) => new IncorrectUsageError(`Cannot process ${command} later: ${fault}`);
  if (!Number.isSafeInteger(priority) || Math.abs(priority) > MAX_PRIORITY)
    throw refused(
      `"priority" must be a whole number from -${MAX_PRIORITY} to ${MAX_PRIORITY}, found ${inWords(priority)}`,
    );
  const faultOfLane = laneFault(lane, lanes);
  if (faultOfLane !== undefined) throw refused(faultOfLane);
  if (deadline !== undefined && !(deadline instanceof Date && !Number.isNaN(deadline.getTime())))
    throw refused(`"deadline" must be a valid Date, found ${inWords(deadline)}`);
  if (idempotencyKey !== undefined) checkKey(idempotencyKey, "idempotencyKey", command);
}

/** Says why no server would carry out commands of a lane. @param lanes those that servers can run. */
export function laneFault(lane: unknown, lanes: readonly string[]): string | undefined {
  if (lanes.includes(lane as string)) return undefined;
  const hint = typeof lane === "string" ? didYouMean(lane, lanes) : "";
  const known = `; there are ${quoted(lanes)}, and those that [server.lanes] of domain.toml names`;
  return `no lane is called ${inWords(lane)}${hint || known}`;
}

/** @throws ValidationError for a key that no store could keep. */
export function checkKey(key: unknown, name: string, command?: string): void {
  const fault = identifierFault(key);
  if (fault !== undefined) throw new ValidationError({ [name]: [fault] }, command);
}

/** What every store keeps exactly. */
const MAX_PRIORITY = 1_000_000_000;
