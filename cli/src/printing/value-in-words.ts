/** Returns a value of a state as JSON; `nothing` for one that is not there. */
export function valueInWords(value: unknown): string {
  if (value === undefined) return "nothing";
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}
