import type { SubscriptionState, SubscriptionStatus } from "../subscriptions/operating/subscription-status";
import { BATCH_SECONDS, type ConsumerCount } from "../telemetry/consumer-counts";
import { family, type MetricFamily, type MetricSample } from "./prometheus-text";
import type { ServerVitals } from "./server-vitals";

type Labels = Readonly<Record<string, string>>;

const STATES: readonly SubscriptionState[] = ["running", "idle", "paused", "stopped", "store unavailable"];

/** What the store says of subscriptions: the same in every process. */
export function storeMetrics(statuses: readonly SubscriptionStatus[] | undefined): readonly MetricFamily[] {
  const all = statuses ?? [];
  const gauge = (name: string, help: string, valueIn: (status: SubscriptionStatus) => number | undefined) =>
    family(
      `tidemark_subscription_${name}`,
      "gauge",
      help,
      all.flatMap((status) => sample(labelsOf(status), valueIn(status))),
    );
  return [
    family("tidemark_store_up", "gauge", "Whether the store has answered", [{ value: statuses === undefined ? 0 : 1 }]),
    gauge("lag_events", "Events of its types that the subscription has still to handle", ({ lag }) => lag),
    gauge("lag_seconds", "Age of the first of these events; 0 without any", ({ lagSeconds = 0 }) => lagSeconds),
    gauge("position", "Global position up to which everything is done", ({ position }) => position),
    gauge("parked_keys", "Keys that are set aside until somebody retries or skips them", ({ parked }) => parked),
    gauge("waiting_keys", "Keys that are set aside and tried again by themselves", ({ waiting }) => waiting),
    gauge("buckets", "Buckets of the subscription", ({ buckets }) => buckets),
    gauge("free_buckets", "Buckets that no server has", ({ buckets, owners }) => {
      return owners.reduce((free, owner) => free - owner.buckets, buckets);
    }),
    family(
      "tidemark_subscription_state",
      "gauge",
      "1 for the state that the subscription is in, 0 for the others",
      all.flatMap((status) =>
        STATES.map((state) => ({
          labels: { ...labelsOf(status), state: state.replaceAll(" ", "_") },
          value: status.state === state ? 1 : 0,
        })),
      ),
    ),
  ];
}

/** What one process has done, and what it has in hand. */
export function serverMetrics(
  vitals: ServerVitals,
  statuses: readonly SubscriptionStatus[] | undefined,
  counts: ReadonlyMap<string, ConsumerCount>,
): readonly MetricFamily[] {
  const counted = [...counts];
  const counter = (name: string, help: string, valueIn: (count: ConsumerCount) => number) =>
    family(
      `tidemark_server_${name}`,
      "counter",
      help,
      counted.map(([subscription, count]) => ({ labels: { subscription }, value: valueIn(count) })),
    );
  const bucketsOf = ({ owners }: SubscriptionStatus) =>
    owners.find(({ server }) => server === vitals.server)?.buckets ?? 0;
  return [
    counter("events_total", "Events that this process has done", ({ events }) => events),
    counter("attempts_total", "Batches that this process has tried", ({ attempts }) => attempts),
    family(
      "tidemark_server_failures_total",
      "counter",
      "Attempts that have failed in this process, by the class of the failure",
      counted.flatMap(([subscription, { failures }]) =>
        Array.from(failures, ([kind, value]) => ({ labels: { subscription, class: kind }, value })),
      ),
    ),
    family("tidemark_server_batch_duration_seconds", "histogram", "How long batches took", counted.flatMap(histogram)),
    family(
      "tidemark_server_buckets",
      "gauge",
      "Buckets that this process has",
      (statuses ?? []).map((status) => ({ labels: { subscription: status.subscription }, value: bucketsOf(status) })),
    ),
    family(
      "tidemark_server_lease_age_seconds",
      "gauge",
      "For how long the lease of this process was not renewed",
      sample({}, vitals.leaseAgeMs === undefined ? undefined : vitals.leaseAgeMs / 1_000),
    ),
    family("tidemark_server_lease_seconds", "gauge", "How long a lease lasts", [{ value: vitals.leaseMs / 1_000 }]),
  ];
}

function histogram([subscription, { batches }]: readonly [string, ConsumerCount]): readonly MetricSample[] {
  return [
    ...BATCH_SECONDS.map((bound, index) => ({
      suffix: "_bucket",
      labels: { subscription, le: String(bound) },
      value: batches.atMost[index]!,
    })),
    { suffix: "_bucket", labels: { subscription, le: "+Inf" }, value: batches.count },
    { suffix: "_sum", labels: { subscription }, value: batches.seconds },
    { suffix: "_count", labels: { subscription }, value: batches.count },
  ];
}

function labelsOf({ subscription, kind, lane }: SubscriptionStatus): Labels {
  return { subscription, kind, lane };
}

function sample(labels: Labels, value: number | undefined): readonly MetricSample[] {
  return value === undefined ? [] : [{ labels, value }];
}
