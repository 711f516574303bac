/** Something to measure beside others. */
export interface Contender {
  /** Work that a sample needs and that does not count. */
  prepare?(): Promise<void>;
  /** Repeats the operation `operations` times. */
  sample(): Promise<void> | void;
  readonly operations: number;
}

/** Milliseconds of one operation, over all samples. */
interface Measurement {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Measures all contenders in turn, round after round, so that a slow minute of the machine meets each alike. Every
 * other round goes backwards; two rounds before the first do not count.
 *
 * @returns the measurements in the order of the contenders.
 */
export async function interleaved(contenders: readonly Contender[], rounds: number): Promise<Measurement[]> {
  const samples = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of order) {
      await contender.prepare?.();
      const began = performance.now();
      await contender.sample();
      const elapsed = performance.now() - began;
      if (round >= 0) samples.get(contender)?.push(elapsed / contender.operations);
    }
  }
  return contenders.map((contender) => measurement(samples.get(contender) ?? []));
}

const WARM_UP_ROUNDS = 2;

function measurement(samples: readonly number[]): Measurement {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(sorted.length >> 1), min: at(0), max: at(sorted.length - 1) };
}
