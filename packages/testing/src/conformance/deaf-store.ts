import type { EventLog, EventStoreAdapter } from "@tidemark/core/adapter";

import { lent } from "./lent-store";

/** A store that cannot tell of appends. */
export function deaf(adapter: EventStoreAdapter): EventStoreAdapter {
  const { log, ...methods } = { log: lent(adapter).log, open: () => adapter.open(), close: () => adapter.close() };
  const deafLog = new Proxy(log, { get: (_, name) => (name === "onAppend" ? undefined : log[name as keyof EventLog]) });
  const own = lent(adapter, methods);
  return new Proxy(own, { get: (_, name) => (name === "log" ? deafLog : own[name as keyof EventStoreAdapter]) });
}
