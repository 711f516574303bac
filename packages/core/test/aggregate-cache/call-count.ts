import type { EventStoreAdapter } from "../../src/index";

/** A store with a list of the calls that were made to it: `load`, `append`, `loadPage`, `snapshots.write`. */
export class CallCount {
  readonly made: string[] = [];
  readonly store: EventStoreAdapter;

  constructor(store: EventStoreAdapter) {
    this.store = new Proxy(this.#counted(store, ""), {
      get: (counted, key: keyof EventStoreAdapter) => {
        if (key === "log") return this.#counted(store.log, "");
        return key === "snapshots" ? this.#counted(store.snapshots, "snapshots.") : counted[key];
      },
    });
  }

  clear(): void {
    this.made.length = 0;
  }

  #counted<T extends object>(target: T, prefix: string): T {
    return new Proxy(target, {
      get: (_, key) => {
        const value: unknown = target[key as keyof T];
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          this.made.push(`${prefix}${String(key)}`);
          return Reflect.apply(value, target, values) as unknown;
        };
      },
    });
  }
}
