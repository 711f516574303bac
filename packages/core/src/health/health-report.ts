import type { SubscriptionStatus } from "../subscriptions/operating/subscription-status";
import type { ConsumerCount } from "../telemetry/consumer-counts";
import { reasonOf } from "../wording/in-words";
import { type Backlog, backlogMetrics } from "./backlog";
import type { HealthAnswers, Reasons } from "./health-server";
import { serverMetrics, storeMetrics } from "./metrics";
import type { ProcessMetrics } from "./process-metrics";
import { prometheusText } from "./prometheus-text";
import { Recent } from "./recent";
import type { ServerVitals } from "./server-vitals";

/** A server of this process, as far as its health is asked for. */
export interface HealthyServer {
  readonly lanes: readonly string[];
  /** The end of the log when it started; undefined until it serves. */
  readonly startedAt: number | undefined;
  readonly isClosing: boolean;
}

interface HealthReportParts {
  /** Those of this process; none before the first starts, and after the last has ended. */
  readonly servers: () => readonly HealthyServer[];
  readonly vitals: () => ServerVitals;
  readonly statuses: () => Promise<readonly SubscriptionStatus[]>;
  /** Undefined where the store keeps events alone. */
  readonly backlog: () => Promise<Backlog | undefined>;
  readonly counts: ReadonlyMap<string, ConsumerCount>;
  readonly processMetrics: ProcessMetrics;
  /** Whether a server is ready only once it has caught up, whoever asks. */
  readonly mustCatchUp: boolean;
}

/** How long what the store says counts. */
const KEPT_MS = 1_000;
/** How long to wait for the store. */
const STORE_LIMIT_MS = 2_000;
/** The loop of a process that is alive turns each second, or waits some seconds for a store that does not answer. */
const LOOP_MS = 60_000;
/** How old an event may be that a server has not done when it has caught up. */
const CAUGHT_UP_SECONDS = 10;

/** Finds out how a server is. */
export class HealthReport implements HealthAnswers {
  readonly #statuses: Recent<readonly SubscriptionStatus[]>;
  readonly #backlog: Recent<Backlog | undefined>;

  constructor(private readonly parts: HealthReportParts) {
    this.#statuses = new Recent(() => parts.statuses(), KEPT_MS);
    this.#backlog = new Recent(() => parts.backlog(), KEPT_MS);
  }

  /** Begins to measure the process. */
  open(): void {
    this.parts.processMetrics.open();
  }

  close(): void {
    this.parts.processMetrics.close();
  }

  /** Whether the process still works. It is to be started again where not. Asks nothing of the store. */
  live(): Reasons {
    const { loopAgeMs, workAgeMs, crashed } = this.parts.vitals();
    const reasons = Array.from(
      crashed,
      ([name, error]) => `${name} was ended by an unexpected error: ${error.message}`,
    );
    if (loopAgeMs !== undefined && loopAgeMs > LOOP_MS)
      reasons.push(`the loop that keeps the lease has not turned for ${seconds(loopAgeMs)} s`);
    if (workAgeMs !== undefined && workAgeMs > LOOP_MS)
      reasons.push(`the loop that fires timers and runs commands has not turned for ${seconds(workAgeMs)} s`);
    return reasons;
  }

  /** Whether the process does its work. */
  async ready({ caughtUp = false }: { readonly caughtUp?: boolean } = {}): Promise<Reasons> {
    const servers = this.parts.servers();
    if (servers.length === 0 || servers.some(({ startedAt }) => startedAt === undefined)) return ["the server starts"];
    if (servers.every(({ isClosing }) => isClosing)) return ["the server closes"];
    let statuses: readonly SubscriptionStatus[];
    try {
      statuses = await this.#statuses.get(STORE_LIMIT_MS);
    } catch (error) {
      return [`the store cannot be read: ${reasonOf(error)}`];
    }
    const reasons = [...this.#leaseReasons()];
    if (caughtUp || this.parts.mustCatchUp)
      for (const server of servers) reasons.push(...statuses.flatMap((status) => behindReason(status, server)));
    return reasons;
  }

  /** All metrics, in the text format of Prometheus. Without a store those of the process are there all the same. */
  async metrics(): Promise<string> {
    const { vitals, counts, processMetrics } = this.parts;
    const [statuses, backlog] = await Promise.all([
      this.#statuses.get(STORE_LIMIT_MS).catch(() => undefined),
      this.#backlog.get(STORE_LIMIT_MS).catch(() => undefined),
    ]);
    return prometheusText([
      ...storeMetrics(statuses),
      ...backlogMetrics(backlog),
      ...serverMetrics(vitals(), statuses, counts),
      ...processMetrics.families(),
    ]);
  }

  #leaseReasons(): Reasons {
    const { leaseAgeMs, leaseMs } = this.parts.vitals();
    if (leaseAgeMs === undefined || leaseAgeMs <= leaseMs) return [];
    return [`its lease was not renewed for ${seconds(leaseAgeMs)} s, and lasts ${seconds(leaseMs)} s`];
  }
}

/** Whether a subscription of the server has still to do what was stored before the server started, or what is old. */
function behindReason(status: SubscriptionStatus, { lanes, startedAt = 0 }: HealthyServer): Reasons {
  const { name, lane, state, lag, lagSeconds = 0, position = 0 } = status;
  if (!lanes.includes(lane) || state === "paused" || lag === 0) return [];
  if (position >= startedAt && lagSeconds < CAUGHT_UP_SECONDS) return [];
  return [`${name} has ${lag} event(s) to do, the first of them ${Math.round(lagSeconds)} s old`];
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
