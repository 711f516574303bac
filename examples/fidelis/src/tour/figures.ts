/** `1,833,900.00` */
export function money(value: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** `50,004` */
export function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}
