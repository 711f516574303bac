import type { EventStoreAdapter } from "../../src/index";

/** A store with a list of the calls that were made to it. */
export class CallCount {
  readonly made: string[] = [];
  readonly store: EventStoreAdapter;

  constructor(store: EventStoreAdapter) {
    this.store = new Proxy(store, {
      get: (target, key) => {
        const value: unknown = target[key as keyof EventStoreAdapter];
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          this.made.push(key as string);
          return Reflect.apply(value, target, values) as unknown;
        };
      },
    });
  }

  clear(): void {
    this.made.length = 0;
  }
}
