import { printable } from "./printable";

/** Returns one line for each field, with the values in one column. The further lines of a value go under its first. */
export function fieldLines(fields: readonly (readonly [title: string, value: string | readonly string[]])[]): string[] {
  const width = Math.max(...fields.map(([title]) => title.length));
  return fields.flatMap(([title, value]) => {
    const lines = typeof value === "string" ? [value] : value;
    return lines.map((line, index) => `${(index === 0 ? title : "").padEnd(width)}  ${printable(line)}`);
  });
}
