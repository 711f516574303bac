/** The fields of rows, without their class. */
export function plain(rows: readonly object[]): readonly object[] {
  return rows.map((row) => ({ ...row }));
}
