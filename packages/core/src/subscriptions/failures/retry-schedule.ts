import type { EventLog } from "../../ports/event-log";
import type { OperationStores } from "../../ports/operation-stores";
import { clearTimeout, now, setTimeout } from "../../ports/real-timers";
import { Interrupted } from "../holding/held-checkpoint";
import type { HeldLine } from "../holding/held-line";
import type { LaneTurns } from "../holding/lane-turns";
import { StoreBreaker } from "../holding/store-breaker";
import type { Consumer } from "../reading/consumer";
import type { KnownEvents } from "../reading/known-events";
import type { WantedEventsOf } from "../reading/wanted-events";
import type { FailureReports } from "./failure-reports";
import { KeyRetries } from "./key-retries";
import { KeysAside } from "./keys-aside";
import type { LineLife } from "./retry-pass";

/** A line that keys are done again for. */
interface RetriedLine extends HeldLine {
  readonly isEnding: boolean;
  /** How long it is there. */
  readonly life: LineLife;
  /** Does a work that the line does not end before. */
  beside(work: () => Promise<void>): Promise<void>;
}

interface RetryScheduleParts<L extends RetriedLine> {
  readonly consumer: Consumer;
  readonly operations: OperationStores;
  readonly log: Pick<EventLog, "readAll">;
  readonly known: KnownEvents;
  readonly wanted: WantedEventsOf;
  readonly breaker: StoreBreaker;
  readonly reports: FailureReports;
  /** How many keys may be set aside. */
  readonly maxKeys: number;
  /** How many events are read at once. */
  readonly pageEvents: number;
  /** The turns of its lane; undefined where nobody has to wait. */
  readonly turns: LaneTurns | undefined;
  /** The lines of this process. */
  readonly lines: ReadonlySet<L>;
  /** Whether keys are done again without pauses. */
  readonly isHurried: () => boolean;
  /** Called when a key was set aside, or has come back. */
  readonly moved: () => void;
  /** Called with what has gone wrong beside a line. */
  readonly failed: (line: L, error: unknown) => void;
}

/** The longest time that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Does the keys of a subscription that are set aside when their time has come, or somebody asks for them. */
export class RetrySchedule<L extends RetriedLine> {
  /** The keys that are set aside, of the buckets that this process has. */
  readonly aside: KeysAside;
  readonly #parts: RetryScheduleParts<L>;
  readonly #retries: KeyRetries;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RetryScheduleParts<L>) {
    this.#parts = parts;
    this.aside = this.#keysAside(() => this.look());
    this.#retries = this.#keyRetries(this.aside, parts.breaker, parts.isHurried);
  }

  /** Does what is due, and sets a timer for the next one. */
  look(): void {
    const { lines, isHurried, moved } = this.#parts;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    moved();
    const { nextDueAt } = this.aside;
    if (nextDueAt === undefined || lines.size === 0) return;
    const leftMs = isHurried() ? 0 : nextDueAt - now();
    if (leftMs > 0) {
      this.#timer = setTimeout(() => this.look(), Math.min(leftMs, MAX_TIMER_MS));
      this.#timer.unref();
    } else for (const line of lines) this.#retry(line);
  }

  /** Makes what does keys in buckets that no server has. */
  apart(): { readonly aside: KeysAside; readonly retries: KeyRetries } {
    const aside = this.#keysAside(() => undefined);
    return { aside, retries: this.#keyRetries(aside, new StoreBreaker(), () => false) };
  }

  #retry(line: L): void {
    const holds = (key: string) => line.holds(key);
    const isDue = () => this.aside.due(holds, this.#parts.isHurried()).length > 0;
    if (line.isEnding || this.#retries.isRunning(line) || !isDue()) return;
    line
      .beside(() => this.#retries.run(line, line.life))
      .then(
        () => this.look(),
        (error) => {
          // Another line may have its buckets meanwhile.
          if (error instanceof Interrupted) this.look();
          else this.#parts.failed(line, error);
        },
      );
  }

  #keysAside(changed: () => void): KeysAside {
    const { consumer, operations, known, maxKeys } = this.#parts;
    return new KeysAside({
      subscription: consumer.subscription,
      store: () => operations.subscriptions,
      knowsType: (category, type) => known.isReadable(category, type),
      maxKeys,
      maxPauseMs: consumer.retry.maxMs,
      changed,
    });
  }

  #keyRetries(aside: KeysAside, breaker: StoreBreaker, isHurried: () => boolean): KeyRetries {
    const { consumer, log, known, wanted, reports, pageEvents, turns } = this.#parts;
    return new KeyRetries({
      consumer,
      aside,
      log,
      shared: (message) => known.shared(message),
      wanted,
      unknownError: (event) => known.unknownError(event.message),
      breaker,
      reports,
      pageEvents,
      isHurried,
      turns,
    });
  }
}
