/** The instrumentation's scope: the name of its tracer and meter. */
export const INSTRUMENTATION = "@tidemark/core";

export const SPANS = {
  load: "tidemark.aggregate.load",
  save: "tidemark.aggregate.save",
  writeSnapshot: "tidemark.snapshot.write",
  consume: "tidemark.subscription.consume",
  handle: "tidemark.handler.call",
  command: "tidemark.command.run",
} as const;

/** What happens within a span. */
export const SPAN_EVENTS = {
  storeWait: "tidemark.store.wait",
} as const;

export const METRICS = {
  hits: "tidemark.snapshot.hits",
  misses: "tidemark.snapshot.misses",
  failedWrites: "tidemark.snapshot.write_failures",
  writeDuration: "tidemark.snapshot.write.duration",
  writeSize: "tidemark.snapshot.write.size",
  replayEvents: "tidemark.aggregate.replay.events",
  replayDuration: "tidemark.aggregate.replay.duration",
  commandRetries: "tidemark.command.retries",
  eventsConsumed: "tidemark.subscription.events",
  consumerFailures: "tidemark.subscription.failures",
  cacheHits: "tidemark.cache.hits",
  cacheMisses: "tidemark.cache.misses",
  cacheStale: "tidemark.cache.stale",
  cacheEvictions: "tidemark.cache.evictions",
  storeWaits: "tidemark.store.waits",
} as const;

export const ATTRIBUTES = {
  aggregate: "tidemark.aggregate",
  /** The command's type: `Fidelis.OpenAccount.v1`. */
  command: "tidemark.command",
  commandId: "tidemark.command.id",
  /** Which attempt it is to carry out a command of the queue, from 1. */
  attempt: "tidemark.command.attempt",
  stream: "tidemark.stream",
  version: "tidemark.version",
  /** The version of the snapshot that a load started from, or that a save comes after; -1 for none. */
  snapshotVersion: "tidemark.snapshot.version",
  /** The version of the cached state that a load started from. */
  cachedVersion: "tidemark.cache.version",
  /** How many events a load folded. */
  eventsReplayed: "tidemark.events.replayed",
  /** How many events a save appended. */
  eventsSaved: "tidemark.events.saved",
  /** The name of a projection or an event handler. */
  subscription: "tidemark.subscription",
  /** A method of an event handler: `WelcomeMail.send`. */
  handler: "tidemark.handler",
  /** The stored type of the event that a handler is called for; of the first one, where it is called for several. */
  eventType: "tidemark.event.type",
  eventId: "tidemark.event.id",
  /** The global position of that event. */
  position: "tidemark.event.position",
  /** How many events of a batch a projection or an event handler has done. */
  eventsConsumed: "tidemark.events.consumed",
  /** What kind of failure an event met: `handler`, `unknown type`, `undecodable`, `store`, `fenced`. */
  failureClass: "tidemark.failure.class",
  /** Why a snapshot was not used, or was written. */
  reason: "tidemark.reason",
  encoding: "tidemark.snapshot.encoding",
} as const;
