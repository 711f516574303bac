import { z } from "zod";

import {
  Decimal,
  decimal,
  IncorrectUsageError,
  identifier,
  MemoryEventStore,
  ObjectNotFoundError,
  Projection,
} from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import type { ProjectionModel } from "../../src/model/projection-model";
import { rowFolding } from "../../src/projections/row-foldings";
import { viewOf } from "../../src/queries/view";
import type { Shape } from "../../src/schema/shape";

class Product extends Projection({
  sku: identifier(),
  name: z.string(),
  kind: z.enum(["BOOK", "TOY"]),
  stock: z.int(),
  price: decimal(),
  since: z.date().optional(),
  sold: z.bigint(),
  isNew: z.boolean(),
  tags: z.array(z.string()).optional(),
}) {
  get label(): string {
    return `${this.name} (${this.kind})`;
  }
}

const PRODUCTS = [
  ["p-1", "Émile", "BOOK", 5, "9.50", new Date(1_000), 10n ** 20n, true, ["new"]],
  ["p-2", "Doll", "TOY", 5, "19.50", undefined, 2n, false, undefined],
  ["p-3", "Atlas", "BOOK", 0, "100", new Date(2_000), 1n, false, []],
  ["p-4", "Ball", "TOY", 12, "9.49", new Date(500), 7n, true, undefined],
] as const;

function products(rows: readonly (readonly unknown[])[] = PRODUCTS) {
  const store = new MemoryEventStore();
  const type = Product as unknown as Class & { readonly shape: Shape };
  const model: ProjectionModel = {
    type,
    name: "Product",
    version: 1,
    mode: "async",
    lane: "default",
    shape: type.shape,
    key: "sku",
    indexes: [],
    reactions: new Map(),
    sources: [],
  };
  const folding = rowFolding(model);
  const { readModels } = store.operations;
  readModels.createTable(folding.table);
  const encoded = rows.map((values) => {
    const row = folding.codec.make();
    for (const [index, key] of type.shape.keys.entries()) if (values[index] !== undefined) row[key] = values[index];
    row.price = new Decimal(values[4] as string);
    return folding.encode(String(values[0]), row, 1);
  });
  store.operations.flush([{ kind: "upsertRows", table: folding.table, rows: encoded }]);
  return viewOf<Product>({ model, folding, readModels });
}

const skus = (rows: readonly Product[]) => rows.map(({ sku }) => sku);

describe("View", () => {
  it("gives frozen instances of the projection's class", async () => {
    const row = await products().get("p-1");
    expect(row).toBeInstanceOf(Product);
    expect(row.label).toBe("Émile (BOOK)");
    expect({ ...row }).toEqual({
      sku: "p-1",
      name: "Émile",
      kind: "BOOK",
      stock: 5,
      price: new Decimal("9.5"),
      since: new Date(1_000),
      sold: 10n ** 20n,
      isNew: true,
      tags: ["new"],
    });
    expect(Object.isFrozen(row) && Object.isFrozen(row.tags)).toBe(true);
  });

  it("finds a row by its key, or nothing", async () => {
    const view = products();
    expect(await view.find("p-9")).toBeUndefined();
    await expect(view.get("p-9")).rejects.toBeInstanceOf(ObjectNotFoundError);
    await expect(view.get("p-9")).rejects.toThrow('There is no Product with id "p-9"');
    expect(await view.where("kind", "=", "TOY").find("p-1")).toBeUndefined();
    expect(await view.where("kind", "=", "TOY").find("p-2")).toMatchObject({ name: "Doll" });
  });

  it("keeps the rows for which all conditions hold", async () => {
    const view = products();
    expect(skus(await view.where("kind", "=", "BOOK").all())).toEqual(["p-1", "p-3"]);
    expect(skus(await view.where("kind", "!=", "BOOK").where("stock", ">=", 12).all())).toEqual(["p-4"]);
    expect(skus(await view.where("price", "<", new Decimal("9.5")).all())).toEqual(["p-4"]);
    expect(skus(await view.where("sold", ">", 5n).all())).toEqual(["p-1", "p-4"]);
    expect(skus(await view.where("since", "<=", new Date(1_000)).all())).toEqual(["p-1", "p-4"]);
    expect(skus(await view.where("since", "=", undefined).all())).toEqual(["p-2"]);
    expect(skus(await view.where("tags", "!=", null).all())).toEqual(["p-1", "p-3"]);
    expect(skus(await view.where("name", "startsWith", "É").all())).toEqual(["p-1"]);
    expect(skus(await view.where("name", "contains", "ll").all())).toEqual(["p-2", "p-4"]);
    expect(skus(await view.where("stock", "in", [0, 12]).all())).toEqual(["p-3", "p-4"]);
    expect(skus(await view.where("isNew", "=", true).where("kind", "=", "BOOK").all())).toEqual(["p-1"]);
  });

  it("changes nothing of the view that it was made from", async () => {
    const all = products();
    const books = all.where("kind", "=", "BOOK");
    books.where("stock", ">", 0).orderBy("name").limit(1);
    expect(await books.count()).toBe(2);
    expect(await all.count()).toBe(4);
  });

  it("orders rows by fields, and in the end by their keys", async () => {
    const view = products();
    expect(skus(await view.orderBy("stock").all())).toEqual(["p-3", "p-1", "p-2", "p-4"]);
    expect(skus(await view.orderBy("stock", "desc").orderBy("price", "desc").all())).toEqual([
      "p-4",
      "p-2",
      "p-1",
      "p-3",
    ]);
    expect(skus(await view.orderBy("sku", "desc").limit(2).all())).toEqual(["p-4", "p-3"]);
    expect((await view.orderBy("since").first())?.sku).toBe("p-2");
    expect(await view.limit(0).first()).toBeUndefined();
    expect(await view.limit(3).count()).toBe(3);
  });

  it("reads page after page, stable under writes between them", async () => {
    const ordered = products().orderBy("stock", "desc");
    const first = await ordered.page({ size: 2 });
    expect(skus(first.rows)).toEqual(["p-4", "p-1"]);
    const second = await ordered.page({ size: 2, after: first.next });
    expect(skus(second.rows)).toEqual(["p-2", "p-3"]);
    expect("next" in second).toBe(false);
    expect(encodeURIComponent(first.next as string)).toBe(first.next);
  });

  it("refuses the place of a page of another query", async () => {
    const view = products();
    const { next } = await view.orderBy("stock").page({ size: 1 });
    const other =
      "after: Cannot read a page of Product: it comes from a page with other conditions or another order; read from the first page";
    await expect(view.orderBy("name").page({ size: 1, after: next })).rejects.toThrow(other);
    await expect(view.where("stock", ">", 1).orderBy("stock").page({ size: 1, after: next })).rejects.toThrow(other);
    await expect(view.page({ size: 1, after: "nonsense" })).rejects.toMatchObject({
      statusCode: 422,
      messages: { after: ['Cannot read a page of Product: it is not the "next" of a page'] },
    });
    await expect(view.limit(5).page({ size: 1 })).rejects.toThrow("it has a limit");
    await expect(view.page({ size: 0 })).rejects.toThrow("expected a whole number from 1, found 0");
  });

  it.each([
    ["stock", "5"],
    ["stock", 1.5],
    ["name", 7],
    ["name", "\ud800"],
    ["price", "1e9999999"],
    ["price", 3],
    ["since", "2026-01-01"],
    ["since", 1e300],
    ["isNew", 1],
    ["sold", "x"],
  ] as const)("refuses a made-up place with another type of value in %s: %j", async (field, value) => {
    const view = products().orderBy(field);
    const { next } = await view.page({ size: 1 });
    const [digest, , key] = JSON.parse(Buffer.from(next ?? "", "base64url").toString()) as unknown[];
    const forged = (...place: unknown[]) => Buffer.from(JSON.stringify(place)).toString("base64url");
    const refusal = { code: "VALIDATION_FAILED", statusCode: 422 };
    await expect(view.page({ size: 1, after: forged(digest, value, key) })).rejects.toMatchObject(refusal);
    await expect(view.page({ size: 1, after: forged(digest, null, null) })).rejects.toMatchObject(refusal);
    await expect(view.page({ size: 1, after: forged(digest, null, key) })).resolves.toBeDefined();
  });

  it("streams more rows than it reads at once", async () => {
    const rows = Array.from({ length: 1_201 }, (_, index) => {
      const [, ...values] = PRODUCTS[0];
      return [`p-${String(index).padStart(5, "0")}`, ...values];
    });
    const seen: string[] = [];
    for await (const row of products(rows).stream()) seen.push(row.sku);
    expect(seen).toEqual(rows.map(([sku]) => sku));
    let limited = 0;
    for await (const _ of products(rows).limit(700).stream()) limited++;
    expect(limited).toBe(700);
  });

  it.each([
    [(view: any) => view.where("stok", "=", 1), 'Product has no field "stok"; did you mean "stock"?'],
    [(view: any) => view.where("tags.0", "=", 1), '"tags" is stored as JSON, and no rows are selected by parts of it'],
    [(view: any) => view.orderBy("stok"), 'Product has no field "stok"; did you mean "stock"?'],
    [(view: any) => view.where("stock", "~", 1), '"~" is not an operator'],
    [(view: any) => view.where("stock", "=", "1"), 'where "stock" =: expected a whole number, found "1"'],
    [(view: any) => view.where("kind", "=", "CAR"), 'expected one of "BOOK", "TOY", found "CAR"'],
    [(view: any) => view.where("stock", "in", 1), "expected an array, found 1"],
    [(view: any) => view.where("stock", "startsWith", "1"), "only texts can be searched"],
    [(view: any) => view.where("isNew", "<", true), "booleans are compared by = and != only"],
    [(view: any) => view.where("tags", "=", ["new"]), "its values are stored as JSON"],
    [(view: any) => view.orderBy("tags"), "its values are stored as JSON, which has no order"],
    [(view: any) => view.orderBy("stock").orderBy("stock"), "it is ordered by that field already"],
    [(view: any) => view.limit(-1), "expected a whole number from 0, found -1"],
  ])("refuses what cannot be asked: %p", (ask, message) => {
    const view = products();
    expect(() => ask(view)).toThrow(IncorrectUsageError);
    expect(() => ask(view)).toThrow(message);
  });
});
