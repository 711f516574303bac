type Column = readonly [title: string, align: "left" | "right"];

/** Returns the rows as lines of text under their titles, each column as wide as its widest cell. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(([title], index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    columns
      .map(([, align], index) => {
        const cell = cells[index] ?? "";
        const width = widths[index] ?? 0;
        return align === "left" ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("   ")
      .trimEnd();
  const titles = line(columns.map(([title]) => title));
  const rule = widths.map((width) => "─".repeat(width)).join("───");
  return [titles, rule, ...rows.map(line)];
}
