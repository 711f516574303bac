/**
 * Orders texts by their code points, which is the order of their UTF-8 bytes, and the order of every database.
 * JavaScript's `<` goes by UTF-16 units and puts U+1F600 before U+FB01.
 */
export function byCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Moves the surrogates above all other units: a pair of them stands for a code point above U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
