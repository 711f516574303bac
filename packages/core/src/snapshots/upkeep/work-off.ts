/**
 * Works on what a source yields, in its order, on as many at once as `atOnce` says at each moment: at least 1. Items are taken
 * as there is room for them, so that memory does not grow with their number. Ends at the first failure.
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
        // In the same turn as the decision, so that no more leave than should.
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
