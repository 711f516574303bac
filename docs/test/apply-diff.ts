/**
 * The text with the changes of a ` ```diff ` block: of each part between `@@` lines, what stands without `+` is looked for
 * and becomes what stands without `-`.
 *
 * @throws Error for a part that is not in the text exactly once.
 */
export function applyDiff(text: string, diff: string): string {
  return diff.split(/^@@.*\n/m).reduce((changed, part) => {
    const before = linesWithout("+", part);
    const found = `\n${changed}`.split(`\n${before}`).length - 1;
    if (found !== 1) throw new Error(`Found ${found} times, not once: ${JSON.stringify(before)}`);
    return `\n${changed}`.replace(`\n${before}`, () => `\n${linesWithout("-", part)}`).slice(1);
  }, text);
}

function linesWithout(sign: string, part: string): string {
  return part
    .split("\n")
    .filter((line) => !line.startsWith(sign))
    .map((line) => line.slice(1))
    .join("\n");
}
