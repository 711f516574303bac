/** Splits `Fidelis.DepositMade.v3` in its two parts; undefined for a type of another form. */
export function parseStoredType(type: string): { readonly name: string; readonly version: number } | undefined {
  const parts = /^(.+)\.v([1-9]\d*)$/.exec(type);
  return parts === null ? undefined : { name: parts[1] as string, version: Number(parts[2]) };
}

/** `Fidelis.DepositMade` and 3 make `Fidelis.DepositMade.v3`. */
export function storedType(name: string, version: number): string {
  return `${name}.v${version}`;
}
