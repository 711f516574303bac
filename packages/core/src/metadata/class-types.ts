/** A class, abstract or not, whose instances are `T`. */
export type Class<T = object> = abstract new (...args: any[]) => T;

/** A class whose instances are `T`, whatever its constructor is. Quicker to check than a constructor. */
export interface ClassOf<T> {
  readonly prototype: T;
}

/** A class that can be instantiated without arguments. */
export type Constructor<T = object> = new () => T;

/** A class that can be instantiated, with any arguments: what a resolver constructs. */
export type Resolvable<T extends object = object> = new (...args: any[]) => T;
