/**
 * Measures the median duration of `work` in milliseconds. One run before the measurement compiles the code and brings
 * the file into the cache.
 */
export async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const durations: number[] = [];
  for (let run = 0; run < times; run++) {
    const began = performance.now();
    await work();
    durations.push(performance.now() - began);
  }
  durations.sort((a, b) => a - b);
  return durations[times >> 1] ?? Number.NaN;
}
