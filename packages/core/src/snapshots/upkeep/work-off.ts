/**
 * Works off the items of a source in their order, at each moment as many at once as `atOnce` gives: at least 1. Items are
 * taken when there is room for them, so memory does not grow with their number. Ends at the first failure.
 */
export function workOff<T>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<void>,
  atOnce: () => number,
): Promise<void> {
  const items = source[Symbol.asyncIterator]();
  let workers = 0;
  let isEnded = false;
  return new Promise((resolve, reject) => {
    const worker = async () => {
      try {
        do {
          const { done, value } = await items.next();
          isEnded ||= done === true;
          if (isEnded) break;
          await work(value);
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
