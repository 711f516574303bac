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
    const next = async (): Promise<boolean> => {
      const { done, value } = await items.next();
      isEnded ||= done === true;
      if (isEnded) return false;
      await work(value);
      employ();
      return !isEnded && workers <= atOnce();
    };
    const worker = async () => {
      try {
        while (await next());
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
