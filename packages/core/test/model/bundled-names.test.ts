import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BuildOptions, buildSync } from "esbuild";
import * as zod from "zod";

import * as core from "../../src/index";

const FILES = {
  "shop.ts": `
    import { Domain } from "@tidemark/core";
    export const domain = new Domain("shop", { config: { event_store: { provider: "memory" } } });`,
  "order.ts": `
    import { Aggregate, apply, DomainEvent } from "@tidemark/core";
    import { domain } from "./shop";
    @domain.event({ partOf: "Order" })
    class Cancelled extends DomainEvent({}) {}
    @domain.aggregate({ eventSourced: true, name: "Order" })
    export class Order extends Aggregate({}) {
      @apply(Cancelled) onCancelled(event: Cancelled) {}
      cancel() { this.raise(new Cancelled()); return this; }
    }`,
  "trip.ts": `
    import { Aggregate, apply, DomainEvent } from "@tidemark/core";
    import { domain } from "./shop";
    @domain.event({ partOf: "Trip" NAME })
    class Cancelled extends DomainEvent({}) {}
    @domain.aggregate({ eventSourced: true, name: "Trip" })
    export class Trip extends Aggregate({}) {
      @apply(Cancelled) onCancelled(event: Cancelled) {}
      cancel() { this.raise(new Cancelled()); return this; }
    }`,
  "sale.ts": `
    import { Aggregate, apply, DomainEvent } from "@tidemark/core";
    import { domain } from "./shop";
    export class Sale extends Aggregate({}) {
      onOpened() {}
    }
    domain.aggregate({ eventSourced: true })(Sale);
    @domain.event({ partOf: Sale })
    class Opened extends DomainEvent({}) {}
    apply(Opened)(Sale.prototype, "onOpened", {});`,
  "elsewhere.ts": "export class Cancelled {}",
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bundled-names-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Bundles the files of a program with esbuild, and runs the bundle on this package's sources. */
function bundle(main: string, options: BuildOptions, flavour: "legacy" | "standard", name = ""): any {
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text.replace("NAME", name));
  writeFileSync(join(folder, "main.ts"), main);
  const built = buildSync({
    entryPoints: [join(folder, "main.ts")],
    bundle: true,
    write: false,
    format: "cjs",
    target: "es2022",
    external: ["@tidemark/core", "zod"],
    tsconfigRaw: { compilerOptions: { experimentalDecorators: flavour === "legacy" } },
    ...options,
  });
  const modules: Readonly<Record<string, unknown>> = { zod, "@tidemark/core": core };
  const module = { exports: {} };
  new Function("require", "exports", "module", built.outputFiles?.[0]?.text ?? "")(
    (id: string) => modules[id],
    module.exports,
    module,
  );
  return module.exports;
}

const BOTH = 'export { domain } from "./shop"; export { Order } from "./order"; export { Trip } from "./trip";';

async function faults(domain: core.Domain): Promise<readonly string[]> {
  const error: unknown = await domain.init().then(
    () => domain.close(),
    (reason: unknown) => reason,
  );
  return error === undefined ? [] : ((error as core.ConfigurationError).faults ?? [String(error)]);
}

/** Cancels a trip. @returns the types of its events, by its stream. */
async function storedTypes({ domain, Trip }: any): Promise<string[]> {
  await domain.init();
  await domain.repositoryFor(Trip).add(Trip.createNew({ id: "1" }).cancel());
  const types: string[] = [];
  for await (const { stream, type } of domain.eventStore.readAll()) types.push(`${stream} ${type}`);
  await domain.close();
  return types;
}

const ADVICE = 'give the event the option "name", or let the bundler keep the names of classes (esbuild: keepNames)';

describe("older decorators bundled by esbuild", () => {
  it("are refused where the second of two classes got a number", async () => {
    const { domain } = bundle(BOTH, {}, "legacy");
    const message = `the class name "Cancelled2" would be stored, and a bundler gives such a name to a second class Cancelled; ${ADVICE}`;
    expect(await faults(domain)).toEqual([message]);
    expect(await domain.check()).toEqual([{ code: "BUNDLED_NAME", severity: "error", element: "Cancelled2", message }]);
  });

  it("are refused where they were minified", async () => {
    const main = 'export { domain } from "./shop"; export { Sale } from "./sale";';
    const { domain } = bundle(main, { minify: true }, "legacy");
    const [sale] = [...domain.aggregates.keys()];
    const [opened] = [...domain.events.keys()];
    expect(await faults(domain)).toEqual([
      `the class name "${sale}" would be stored, and it looks like the work of a minifier; ${ADVICE.replace("event", "aggregate")}`,
      `the class name "${opened}" would be stored, and it looks like the work of a minifier; ${ADVICE}`,
    ]);
    expect(await faults(bundle(main, { minify: true, keepNames: true }, "legacy").domain)).toEqual([]);
  });

  it("keep their names with keepNames, minified or not, where two of one name are told apart", async () => {
    for (const minify of [false, true]) {
      const kept = bundle(BOTH, { keepNames: true, minify }, "legacy");
      expect(await faults(kept.domain)).toEqual(["2 events are stored as Shop.Cancelled.v1; give one another name"]);
      const named = bundle(BOTH, { keepNames: true, minify }, "legacy", ', name: "TripCancelled"');
      expect(await storedTypes(named)).toEqual(["shop::trip-1 Shop.TripCancelled.v1"]);
    }
  });

  it("are stored under the option name, without keepNames too", async () => {
    const named = bundle(BOTH, {}, "legacy", ', name: "TripCancelled"');
    expect(await storedTypes(named)).toEqual(["shop::trip-1 Shop.TripCancelled.v1"]);
    expect(await named.domain.check()).toEqual([]);
  });

  it("are a warning of check() where the first class is no part of the domain", async () => {
    const main =
      'export { Cancelled } from "./elsewhere"; export { domain } from "./shop"; export { Trip } from "./trip";';
    const { domain } = bundle(main, {}, "legacy");
    expect(await domain.check()).toEqual([
      {
        code: "BUNDLED_NAME",
        severity: "warning",
        element: "Cancelled2",
        message: `the class name "Cancelled2" would be stored, and a bundler gives such a name to a second class Cancelled; ${ADVICE}`,
      },
    ]);
    expect(await faults(domain)).toEqual([]);
  });
});

describe("standard decorators bundled by esbuild", () => {
  it.each([{}, { minify: true }, { keepNames: true }, { minify: true, keepNames: true }])(
    "keep the names that were written, with %j",
    async (options) => {
      const same = bundle(BOTH, options, "standard");
      expect(await faults(same.domain)).toEqual(["2 events are stored as Shop.Cancelled.v1; give one another name"]);
      const named = bundle(BOTH, options, "standard", ', name: "TripCancelled"');
      expect(await storedTypes(named)).toEqual(["shop::trip-1 Shop.TripCancelled.v1"]);
      expect(await named.domain.check()).toEqual([]);
    },
  );
});

it("names that were written by hand are accepted as they are", async () => {
  const domain = new core.Domain("shop", { root: tmpdir() });
  @domain.event({ partOf: "Po" })
  class Opened extends core.DomainEvent({}) {}
  @domain.event({ partOf: "Po" })
  class Opened2 extends core.DomainEvent({}) {}
  @domain.aggregate({ eventSourced: true })
  class Po extends core.Aggregate({}) {
    @core.apply(Opened)
    @core.apply(Opened2)
    onOpened(): void {}
  }
  expect(await domain.check()).toEqual([]);
  expect(Po.name).toBe("Po");
});
