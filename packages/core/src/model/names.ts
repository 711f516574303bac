/** How the names of a domain start: `Fidelis.` in types, `fidelis::` in streams. */
export interface NamePrefixes {
  readonly types: string;
  readonly streams: string;
}

/** Returns how the names of a domain start. */
export function namePrefixes(domain: string): NamePrefixes {
  return { types: `${pascalCase(domain)}.`, streams: `${snakeCase(domain)}::` };
}

/** Returns the category of an aggregate's streams: `fidelis::account`. */
export function categoryOf(aggregate: string, { streams }: NamePrefixes): string {
  return streams + snakeCase(aggregate);
}

/** Groups items that have the same name. @returns the groups of more than one, by their name. */
export function twinsOf<T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return new Map([...groups].filter(([, group]) => group.length > 1));
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
