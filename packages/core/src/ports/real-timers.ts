import { performance } from "node:perf_hooks";
import * as timers from "node:timers";

/*
 * Timers of the process itself, for what has to go on while a test has stopped the clock: commits, retries, deadlines, pools.
 *
 * Fake timers of jest, vitest and sinon replace the global functions and `process.nextTick`; vitest replaces those of
 * `node:timers`, `node:timers/promises` and `performance` in place as well. So each function is taken once, and not at each call. Where
 * fakes were installed before this module was loaded, the real function is the one that the fake keeps.
 */

/** A function that @sinonjs/fake-timers, which all of those runners use, put in the place of another. */
interface Fake<F> {
  readonly clock?: Readonly<Record<string, F>>;
}

function real<F extends ((...args: never) => unknown) | DateConstructor>(name: string, found: F): F {
  return (found as Fake<F>).clock?.[`_${name}`] ?? found;
}

/** Calls a function once, after some milliseconds. */
export const setTimeout = real("setTimeout", timers.setTimeout);
/** Ends what `setTimeout` started. */
export const clearTimeout = real("clearTimeout", timers.clearTimeout);
/** Calls a function again and again, some milliseconds apart. */
export const setInterval = real("setInterval", timers.setInterval);
/** Ends what `setInterval` started. */
export const clearInterval = real("clearInterval", timers.clearInterval);
/** Calls a function in the next turn of the event loop, after what timers and sockets have to do. */
export const setImmediate = real("setImmediate", timers.setImmediate);
/** Calls a function when the work at hand and the promises that follow it are done, before the next turn. */
export const nextTick = real("nextTick", process.nextTick);

/** Milliseconds since 1970 by the clock of this computer, which may be set to another time. */
export const wallTime: () => number = real("Date", Date).now;

/** Milliseconds that only ever grow. A fake has its own `now` on the object; the class keeps the real one. */
export const now: () => number = Object.getPrototypeOf(performance).now.bind(performance);

interface PauseOptions {
  /** Ends the pause. */
  readonly signal?: AbortSignal | undefined;
  /** False where the pause need not keep the process alive. */
  readonly ref?: boolean;
}

/** Waits for some milliseconds. @throws the signal's reason, where it ends the pause. */
export function pause(ms: number, { signal, ref = true }: PauseOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = (): void => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    if (!ref) timer.unref();
  });
}
