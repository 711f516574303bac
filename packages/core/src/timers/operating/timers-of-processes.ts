import type { Clock } from "../../elements/clock";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { naturalNumber } from "../../event-store/read-arguments";
import { byCodePoints } from "../../ports/code-point-order";
import type { AppendedStream } from "../../ports/event-log";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { OperationStores } from "../../ports/operation-stores";
import type { RemoveTimer } from "../../ports/operations";
import type { Timer } from "../../ports/timer-store";
import type { ProcessesNamed } from "../../process-managers/operating/processes-named";
import { firedEvent } from "../fired-event";
import { type TimerStatus, timerStatus } from "./timer-status";

/** Which timers are listed. */
export interface TimersOptions {
  /** The name of the process manager; those of all where absent. */
  readonly process?: string;
  /** Only those of the instance with this id; needs `process`. */
  readonly id?: string;
  /** Where to go on: behind this one, such as the last one of the list before. */
  readonly after?: NamedTimer;
  /** How many at most; 100 where absent. */
  readonly limit?: number;
}

/** Which timer is meant. */
export interface NamedTimer {
  /** The name of the process manager. */
  readonly process: string;
  /** The id of the instance. */
  readonly id: string;
  /** The name of the timer. */
  readonly name: string;
}

interface TimersParts {
  readonly named: ProcessesNamed;
  readonly adapter: Pick<EventStoreAdapter, "log">;
  /** @throws ConfigurationError for a store that keeps events alone. */
  readonly operations: () => OperationStores;
  readonly clock: Clock;
  /** Called with what was appended. */
  readonly appended: (appended: readonly AppendedStream[]) => void;
}

const LIMIT = 100;
/** A timer that is set anew while somebody asks for it is asked for again, so many times. */
const ATTEMPTS = 5;

/** What operators see of the timers of process managers, and what they ask for. */
export class TimersOfProcesses {
  constructor(private readonly parts: TimersParts) {}

  /**
   * Lists timers in the order of their instances' streams, and then of their names (by code points).
   * @throws IncorrectUsageError for a name that no process manager has, and for a limit that is no whole number.
   */
  async list({ process, id, after, limit = LIMIT }: TimersOptions = {}): Promise<readonly TimerStatus[]> {
    const attempted = "Cannot list the timers of";
    naturalNumber("limit", limit);
    if (id !== undefined && process === undefined)
      throw new IncorrectUsageError('Cannot list the timers of an "id" alone: give the "process" that it is of');
    const place = after && { owner: this.#ownerOf(after, attempted), name: after.name };
    const { timers } = this.parts.operations();
    const page = { limit, ...(place && { after: place }) };
    if (process === undefined) return (await timers.list(page)).map(timerStatus);
    if (id === undefined) {
      const { category } = this.parts.named.find(process, attempted);
      return (await timers.list({ ...page, prefix: `${category}-` })).map(timerStatus);
    }
    const owner = this.#ownerOf({ process, id }, attempted);
    // Other owners may begin with the same text, so not by prefix.
    const all = [...(await timers.ofOwner(owner))].sort((a, b) => byCodePoints(a.name, b.name));
    const behind = all.filter(({ name }) => place === undefined || inOrder({ owner, name }, place) > 0);
    return behind.slice(0, limit).map(timerStatus);
  }

  /**
   * Takes a timer away: it does not fire, even where it is due. Its instance is not told.
   *
   * @returns whether it was set.
   * @throws IncorrectUsageError for a name that no process manager has.
   */
  async cancel(named: NamedTimer): Promise<boolean> {
    return await this.#change("Cannot cancel a timer of", named, async (_, remove) => {
      await this.parts.operations().flush([remove]);
    });
  }

  /**
   * Lets a timer fire at once, whenever it is due: once, whatever servers do at the same time. The instance is told by the subscription of
   * its process manager.
   *
   * @returns whether it was set.
   * @throws IncorrectUsageError for a name that no process manager has.
   */
  async fire(named: NamedTimer): Promise<boolean> {
    const { adapter, clock, appended } = this.parts;
    return await this.#change("Cannot fire a timer of", named, async (timer, remove) => {
      const request = firedEvent(timer, clock.now().getTime());
      appended(await adapter.log.append([request], { also: [remove] }));
    });
  }

  /** Does something about a timer as it was read; again where it was set anew meanwhile. @returns false where it is not set. */
  async #change(
    attempted: string,
    { process, id, name }: NamedTimer,
    change: (timer: Timer, remove: RemoveTimer) => Promise<void>,
  ): Promise<boolean> {
    const owner = this.#ownerOf({ process, id }, attempted);
    const { timers } = this.parts.operations();
    for (let attempt = 1; ; attempt++) {
      const timer = (await timers.ofOwner(owner)).find((each) => each.name === name);
      if (timer === undefined) return false;
      const { dueAt, data } = timer;
      try {
        await change(timer, { kind: "removeTimer", owner, name, expected: { dueAt, data } });
        return true;
      } catch (error) {
        if (!(error instanceof OperationConflictError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  #ownerOf({ process, id }: Pick<NamedTimer, "process" | "id">, attempted: string): string {
    return this.parts.named.streamOf({ process, id }, attempted);
  }
}

function inOrder(a: Pick<Timer, "owner" | "name">, b: Pick<Timer, "owner" | "name">): number {
  return byCodePoints(a.owner, b.owner) || byCodePoints(a.name, b.name);
}
