import { Decimal } from "@tidemark/core";
import fc from "fast-check";

/** What is known of a product without the machinery. */
export interface PlainProduct {
  readonly id: string;
  readonly name: string;
  readonly kind: "BOOK" | "TOY" | "TOOL";
  readonly stock: number;
  readonly weight: number | undefined;
  readonly price: Decimal;
  readonly since: Date | null;
  readonly sold: bigint;
  readonly isNew: boolean;
  readonly tags: string[];
  readonly size: { readonly width: number } | undefined;
}

type Field = keyof PlainProduct;

/** One call of `where`. */
export interface Condition {
  readonly field: Field;
  readonly operator: string;
  readonly value: unknown;
}

/** What is asked of a selection. */
export interface Asked {
  readonly where: readonly Condition[];
  readonly orderBy: readonly (readonly [field: Field, direction: "asc" | "desc"])[];
}

/** Values that are often equal, near each other, or ordered differently by whoever is careless. */
const VALUES = {
  name: ["", "Atlas", "atlas", "Ball", "Émile", "E\u0301mile", "50%", "a_b", "\u{1f600}", "\ufb01n", "10", "9"],
  kind: ["BOOK", "TOY", "TOOL"],
  stock: [0, 1, 2, 9, 10, -1],
  weight: [undefined, 0, 0.1, 0.30000000000000004, 0.3, 1e21],
  price: ["0", "9", "9.50", "9.05", "10", "100000000000000000000.01"].map((digits) => new Decimal(digits)),
  since: [null, new Date(0), new Date(1), new Date(1.7e12), new Date(-1)],
  sold: [0n, 9n, 10n, 10n ** 20n],
  isNew: [false, true],
} as const;

const COMPARED = Object.keys(VALUES) as (keyof typeof VALUES)[];
const UNORDERED: readonly Field[] = ["isNew"];

/** Random products whose ids are numbered from `first`. */
export function productsOf(count: number, seed: number, first = 0): readonly PlainProduct[] {
  const values = Object.fromEntries(COMPARED.map((field) => [field, fc.constantFrom<unknown>(...VALUES[field])]));
  const tags = fc.array(fc.constantFrom("new", "red"), { maxLength: 2 });
  const size = fc.option(fc.record({ width: fc.nat(9) }), { nil: undefined });
  return fc.sample(fc.record({ ...values, tags, size }), { numRuns: count, seed }).map((product, index) => {
    const id = `p-${String(first + index).padStart(5, "0")}`;
    return { ...product, id } as unknown as PlainProduct;
  });
}

const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...COMPARED).chain(comparison) },
  fc.record({ field: fc.constant<Field>("size"), operator: fc.constantFrom("=", "!="), value: fc.constant(null) }),
  fc.record({
    field: fc.constant<Field>("name"),
    operator: fc.constantFrom("startsWith", "contains"),
    value: fc.constantFrom("", "A", "a", "%", "_", "E", "\u{1f600}"),
  }),
  fc.record({
    field: fc.constant<Field>("id"),
    operator: fc.constantFrom("<", ">=", "startsWith"),
    value: fc.constantFrom("p-00", "p-0020", "p-00500"),
  }),
);

function comparison(field: keyof typeof VALUES): fc.Arbitrary<Condition> {
  const all = VALUES[field] as readonly unknown[];
  const given = all.filter((value) => value !== null && value !== undefined);
  const some = fc.array(fc.constantFrom(...all), { maxLength: 4 });
  const of = (operators: readonly string[], value: fc.Arbitrary<unknown>) =>
    fc.record({ field: fc.constant<Field>(field), operator: fc.constantFrom(...operators), value });
  const equality = fc.oneof(of(["=", "!="], fc.constantFrom(...all)), of(["in"], some));
  return UNORDERED.includes(field)
    ? equality
    : fc.oneof(equality, of(["<", "<=", ">", ">="], fc.constantFrom(...given)));
}

/** Random questions to a selection. */
export const ASKED: fc.Arbitrary<Asked> = fc.record({
  where: fc.array(condition, { maxLength: 3 }),
  orderBy: fc.uniqueArray(
    fc.tuple(fc.constantFrom<Field>(...COMPARED, "id"), fc.constantFrom<"asc" | "desc">("asc", "desc")),
    { maxLength: 3, selector: ([field]) => field },
  ),
});

/** Answers a question by a filter and a sort in memory: the ids of the products. */
export function answerOf(products: readonly PlainProduct[], { where, orderBy }: Asked): readonly string[] {
  const holding = products.filter((product) => where.every((each) => holds(product, each)));
  const order = [...orderBy, ["id", "asc"] as const];
  holding.sort((a, b) => {
    for (const [field, direction] of order) {
      const difference = compared(a[field], b[field]);
      if (difference !== 0) return direction === "asc" ? difference : -difference;
    }
    return 0;
  });
  return holding.map(({ id }) => id);
}

function holds(product: PlainProduct, { field, operator, value }: Condition): boolean {
  const own = product[field];
  switch (operator) {
    case "=":
      return compared(own, value) === 0;
    case "!=":
      return compared(own, value) !== 0;
    case "in":
      return (value as readonly unknown[]).some((each) => compared(own, each) === 0);
  }
  if (own === null || own === undefined) return false;
  if (operator === "startsWith") return (own as string).startsWith(value as string);
  if (operator === "contains") return (own as string).includes(value as string);
  const difference = compared(own, value);
  return { "<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0 }[operator]!;
}

/** Nothing comes first; texts are ordered by their code points, which is the order of their bytes in UTF-8. */
function compared(a: unknown, b: unknown): number {
  const [isThere, isOtherThere] = [a !== null && a !== undefined, b !== null && b !== undefined];
  if (!isThere || !isOtherThere) return Number(isThere) - Number(isOtherThere);
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (a instanceof Decimal) return a.comparedTo(b as Decimal);
  return Number((a as number) > (b as number)) - Number((a as number) < (b as number));
}
