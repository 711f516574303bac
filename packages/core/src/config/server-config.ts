import type { CheckedSettings } from "./config-schema";
import type { FailurePolicy } from "./failure-policy";
import type { ListenAddress } from "./listen-address";

type ServerSettings = NonNullable<CheckedSettings["server"]>;
type SubscriptionsSettings = NonNullable<CheckedSettings["subscriptions"]>;
type NamedSettings = SubscriptionsSettings[string] & object;

/** The settings of servers. */
export interface ServerConfig {
  /** Whether `init()` starts a server in its process. Undefined where nothing says so: then only a store in memory has one. */
  readonly embedded?: boolean;
  /** How long a server that ends waits for the work in hand. */
  readonly shutdownMs: number;
  /** Where the health of a server can be asked for; undefined for nowhere. */
  readonly health?: ListenAddress;
  /** When a server is ready: as soon as it serves, or once it has caught up. */
  readonly ready: "serving" | "caught-up";
  /** By the lane's name. */
  readonly lanes: ReadonlyMap<string, LaneConfig>;
}

interface LaneConfig {
  /**
   * How many of its subscriptions work at the same time, and how many of its commands that run later; all subscriptions and as many
   * commands as `[processing] concurrency` says by default.
   */
  readonly concurrency?: number;
}

/** The settings of subscriptions: of all, and of single ones. */
export interface SubscriptionsConfig {
  /** How many buckets the keys of a subscription are spread over. */
  readonly buckets: number;
  /** How long a server that does not renew its lease keeps its buckets. */
  readonly leaseMs: number;
  /** How many events a subscription is given at once. */
  readonly batch: number;
  /** How long a call of an event handler may take. */
  readonly timeoutMs: number;
  readonly retry: RetryConfig;
  /** What becomes of an event that has failed for good, where neither its subscription nor the code says. */
  readonly onFailure?: FailurePolicy | undefined;
  /** How many keys of a subscription may be set aside before it stops. */
  readonly maxParkedKeys: number;
  /** The settings of single subscriptions, by name. They win over the decorator of the class. */
  readonly named: ReadonlyMap<string, SubscriptionConfig>;
}

/** How a failure is repeated. */
export interface RetryConfig {
  /** How many times after the first attempt. */
  readonly attempts: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

interface SubscriptionConfig {
  /** Whether no server runs it. */
  readonly paused: boolean;
  readonly batch?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly retry: Partial<RetryConfig>;
  readonly onFailure?: FailurePolicy | undefined;
  readonly maxParkedKeys?: number | undefined;
  readonly lane?: string | undefined;
}

const DEFAULTS = {
  shutdownMs: 30_000,
  buckets: 16,
  leaseMs: 10_000,
  batch: 500,
  timeoutMs: 30_000,
  attempts: 5,
  firstMs: 1_000,
  maxMs: 300_000,
  maxParkedKeys: 1_000,
};

/** Adds the defaults to the settings of `[server]`. */
export function serverConfig({ embedded, shutdown, health, ready, lanes = {} }: ServerSettings): ServerConfig {
  return {
    ...(embedded !== undefined && { embedded }),
    shutdownMs: shutdown ?? DEFAULTS.shutdownMs,
    ...(health !== undefined && { health }),
    ready: ready ?? "serving",
    lanes: new Map(
      Object.entries(lanes).map(([name, { concurrency }]) => [name, concurrency === undefined ? {} : { concurrency }]),
    ),
  };
}

/** Adds the defaults to the settings of `[subscriptions]`. */
export function subscriptionsConfig({
  buckets,
  lease,
  batch,
  timeout,
  retry,
  on_failure: onFailure,
  max_parked_keys: maxParkedKeys,
  ...named
}: SubscriptionsSettings): SubscriptionsConfig {
  const { attempts, firstMs, maxMs } = DEFAULTS;
  return {
    buckets: buckets ?? DEFAULTS.buckets,
    leaseMs: lease ?? DEFAULTS.leaseMs,
    batch: batch ?? DEFAULTS.batch,
    timeoutMs: timeout ?? DEFAULTS.timeoutMs,
    retry: { attempts, firstMs, maxMs, ...retryConfig(retry) },
    onFailure,
    maxParkedKeys: maxParkedKeys ?? DEFAULTS.maxParkedKeys,
    named: new Map(Object.entries(named).map(([name, one]) => [name, subscriptionConfig(one as NamedSettings)])),
  };
}

function subscriptionConfig(settings: NamedSettings): SubscriptionConfig {
  const {
    paused = false,
    batch,
    timeout,
    retry,
    on_failure: onFailure,
    max_parked_keys: maxParkedKeys,
    lane,
  } = settings;
  return { paused, batch, timeoutMs: timeout, retry: retryConfig(retry), onFailure, maxParkedKeys, lane };
}

export function retryConfig({
  attempts,
  first,
  max,
}: SubscriptionsSettings["retry"] & object = {}): Partial<RetryConfig> {
  return {
    ...(attempts !== undefined && { attempts }),
    ...(first !== undefined && { firstMs: first }),
    ...(max !== undefined && { maxMs: max }),
  };
}
