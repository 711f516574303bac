/** How names of a domain begin: `Fidelis.` in types, `fidelis::` in streams. */
export interface NamePrefixes {
  readonly types: string;
  readonly streams: string;
}

/** `SavingsAccount` becomes `savings_account`, `My Shop` `my_shop`: the form that stream names have. */
export function snakeCase(name: string): string {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1_$2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1_$2")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
}

/** `fidelis` becomes `Fidelis`, `my-shop` `MyShop`: the form that type names begin with. */
export function pascalCase(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/** What is wrong with the name of an element, which stands inside stored type names and stream names. */
export function nameFault(name: unknown): string | undefined {
  return typeof name === "string" && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && snakeCase(name) !== ""
    ? undefined
    : "must be letters, digits and _, such as DepositMade";
}
