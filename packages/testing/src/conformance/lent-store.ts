import type { EventStoreAdapter } from "@tidemark/core";

/**
 * A store lent to a domain that must not close it, with some of its methods replaced: what a test needs to look at
 * its calls, or to make them fail.
 */
export function lent(adapter: EventStoreAdapter, replaced: Partial<EventStoreAdapter> = {}): EventStoreAdapter {
  const own: Partial<EventStoreAdapter> = { open: () => undefined, close: () => undefined, ...replaced };
  return new Proxy(adapter, {
    get(target, key) {
      const method: unknown = own[key as keyof EventStoreAdapter] ?? target[key as keyof EventStoreAdapter];
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}
