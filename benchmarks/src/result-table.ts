/** Prints rows under their titles: the first column to the left, the others to the right. */
export function printTable(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ");
  const text = [title, "", line(columns), widths.map((width) => "─".repeat(width)).join("──"), ...rows.map(line), ""];
  process.stdout.write(`${text.join("\n")}\n`);
}

/** `1,234.5` */
export function figure(value: number, decimals: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
