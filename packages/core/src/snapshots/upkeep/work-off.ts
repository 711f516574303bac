import type { Answer } from "../../ports/answer";

interface WorkOffOptions {
  /** How many items may be in hand: at least 1. */
  readonly atOnce: () => number;
  /** Asked before each item; the work ends once it gives true. */
  readonly isStopped?: () => boolean;
}

/**
 * Works off the items of a source in their order, at each moment as many at once as `atOnce` gives. Items are taken when there is
 * room for them, so memory does not grow with their number. Ends at the first failure.
 */
export function workOff<T>(
  source: AsyncIterable<T>,
  work: (item: T) => Answer<void>,
  { atOnce, isStopped = () => false }: WorkOffOptions,
): Promise<void> {
  const items = source[Symbol.asyncIterator]();
  let workers = 0;
  let isEnded = false;
  return new Promise((resolve, reject) => {
    const worker = async () => {
      try {
        do {
          const { done, value } = await items.next();
          isEnded ||= done === true || isStopped();
          if (isEnded) break;
          const answer = work(value);
          if (answer instanceof Promise) await answer;
          employ();
        } while (!isEnded && workers <= atOnce());
        // In the same turn as the decision, or more workers than intended would stop.
        workers--;
        if (workers === 0) resolve();
      } catch (error) {
        isEnded = true;
        reject(error);
      }
    };
    const employ = () => {
      while (!isEnded && workers < atOnce()) {
        workers++;
        void worker();
      }
    };
    employ();
  });
}
