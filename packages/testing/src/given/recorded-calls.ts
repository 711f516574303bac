/** A call of something that an event handler was constructed with. */
export interface RecordedCall {
  /** The class of the parameter, or of the object that was given; the parameter's index where neither is known. */
  readonly on: string | number;
  /** The name of the method; empty where the object itself was called. */
  readonly method: string;
  readonly args: readonly unknown[];
}

type Fields = Record<string | symbol, unknown>;
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Records the calls of the arguments of one constructor, in order. */
export class RecordedCalls {
  readonly calls: RecordedCall[] = [];

  constructor(private readonly type: abstract new (...args: any[]) => object) {}

  /** The arguments for the constructor. A parameter without an object gets one that takes any call and gives undefined. */
  arguments(given: readonly unknown[]): readonly unknown[] {
    const parameters = this.#parameters();
    const count = Math.max(this.type.length, parameters.length, given.length);
    return Array.from({ length: count }, (_, index) => {
      const parameter = parameters[index];
      return index < given.length ? this.#wrapped(given[index], index, parameter) : this.#fake(index, parameter);
    });
  }

  /** The classes of the parameters, as decorators note them; undefined where they say nothing. */
  #parameters(): readonly (DependencyClass | undefined)[] {
    const noted: unknown = Reflect.getOwnMetadata?.("design:paramtypes", this.type);
    if (!Array.isArray(noted)) return [];
    return noted.map((type: unknown) =>
      typeof type === "function" && type !== Object ? (type as DependencyClass) : undefined,
    );
  }

  #fake(index: number, parameter: DependencyClass | undefined): object {
    const on = parameter?.name ?? index;
    const prototype = (parameter?.prototype ?? Object.prototype) as object;
    return new Proxy(Object.create(prototype) as Fields, {
      get: (target, name) => {
        // A fake is no promise, and prints as an object does.
        if (typeof name === "symbol" || name === "then" || name in Object.prototype) return Reflect.get(target, name);
        return (...args: unknown[]) => void this.calls.push({ on, method: name, args });
      },
    });
  }

  #wrapped(given: unknown, index: number, parameter: DependencyClass | undefined): unknown {
    const isCallable = typeof given === "function";
    if (!isCallable && (typeof given !== "object" || given === null)) return given;
    const on = parameter?.name ?? (isCallable ? given.name : classOf(given)) ?? index;
    const record = (method: string, args: readonly unknown[]) => void this.calls.push({ on, method, args });
    return new Proxy(given as Fields, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function" || typeof name === "symbol" || name in Object.prototype) return value;
        return (...args: unknown[]) => {
          record(name, args);
          return (value as Method).apply(target, args);
        };
      },
      apply: (target, self, args: unknown[]) => {
        record("", args);
        return Reflect.apply(target as unknown as Method, self, args) as unknown;
      },
    });
  }
}

interface DependencyClass {
  readonly name: string;
  readonly prototype: object;
}

function classOf(given: object): string | undefined {
  const type = (given as { readonly constructor?: DependencyClass }).constructor;
  return type === undefined || type.prototype === Object.prototype ? undefined : type.name;
}
