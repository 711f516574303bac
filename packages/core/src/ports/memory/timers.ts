import { bucketOf } from "../buckets";
import { byCodePoints } from "../code-point-order";
import type { RemoveTimer, SetTimer } from "../operations";
import { wallTime } from "../real-timers";
import { refusedTimer } from "../refused-operation";
import type { DueTimersQuery, OverdueTimers, Timer, TimerStore, TimersPage } from "../timer-store";
import { momentOf } from "./moment";

/** How many slots the owners of timers are spread over: as many as a store has for the keys of subscriptions. */
const SLOTS = 65_536;

/** The timers of a `MemoryEventStore`. */
export class MemoryTimers implements TimerStore {
  /** By owner, then by name. None of the owners is without timers. */
  readonly #owners = new Map<string, Map<string, Timer>>();

  due({ now = wallTime(), limit, part }: DueTimersQuery): readonly Timer[] {
    const isInPart = (owner: string) => part === undefined || bucketOf(owner, SLOTS) % part.of === part.index;
    return this.#all((timer) => timer.dueAt <= now && isInPart(timer.owner))
      .sort((a, b) => a.dueAt - b.dueAt || inOrder(a, b))
      .slice(0, limit);
  }

  untilNext(now = wallTime()): number | undefined {
    let earliest: number | undefined;
    for (const timers of this.#owners.values())
      for (const { dueAt } of timers.values()) if (earliest === undefined || dueAt < earliest) earliest = dueAt;
    return earliest === undefined ? undefined : Math.max(0, earliest - now);
  }

  overdue(now = wallTime()): OverdueTimers {
    const due = this.#all(({ dueAt }) => dueAt <= now);
    const since = due.reduce((least, { dueAt }) => Math.min(least, dueAt), Number.POSITIVE_INFINITY);
    return { timers: due.length, ...(due.length > 0 && { since }) };
  }

  ofOwner(owner: string): readonly Timer[] {
    const timers = this.#owners.get(owner)?.values() ?? [];
    return [...timers].sort((a, b) => a.dueAt - b.dueAt || inOrder(a, b));
  }

  list({ prefix = "", after, limit }: TimersPage): readonly Timer[] {
    return this.#all((timer) => timer.owner.startsWith(prefix) && (after === undefined || inOrder(timer, after) > 0))
      .sort(inOrder)
      .slice(0, limit);
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  set({ timer, due }: SetTimer): () => void {
    const stored = Object.freeze({ ...timer, dueAt: momentOf(due) });
    return () => {
      const timers = this.#owners.get(stored.owner) ?? new Map<string, Timer>();
      this.#owners.set(stored.owner, timers.set(stored.name, stored));
    };
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  remove(operation: RemoveTimer): () => void {
    const { owner, name, expected } = operation;
    const stored = this.#owners.get(owner)?.get(name);
    if (expected !== undefined && (stored?.dueAt !== expected.dueAt || stored.data !== expected.data))
      throw refusedTimer(operation, stored);
    return () => {
      const timers = this.#owners.get(owner);
      timers?.delete(name);
      if (timers?.size === 0) this.#owners.delete(owner);
    };
  }

  #all(isWanted: (timer: Timer) => boolean): Timer[] {
    const wanted: Timer[] = [];
    for (const timers of this.#owners.values())
      for (const timer of timers.values()) if (isWanted(timer)) wanted.push(timer);
    return wanted;
  }
}

function inOrder(a: Pick<Timer, "owner" | "name">, b: Pick<Timer, "owner" | "name">): number {
  return byCodePoints(a.owner, b.owner) || byCodePoints(a.name, b.name);
}
