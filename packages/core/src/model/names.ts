/** How the names of a domain start: `Fidelis.` in types, `fidelis::` in streams. */
export interface NamePrefixes {
  readonly types: string;
  readonly streams: string;
}

/** Converts `SavingsAccount` to `savings_account`, and `My Shop` to `my_shop`: the form of stream names. */
export function snakeCase(name: string): string {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
}

/** Converts `fidelis` to `Fidelis`, and `my-shop` to `MyShop`: the form at the start of type names. */
export function pascalCase(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
