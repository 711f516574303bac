/** The first index from 0 to `length` at which `reached` holds; once it holds, it holds for every later one. */
export function firstIndexWhere(length: number, reached: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
