/**
 * The median of how long `work` takes, in milliseconds. It runs once unmeasured before, so that code is compiled
 * and the file in the cache for every run that counts.
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
