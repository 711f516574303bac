import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { bank } from "../fixtures/bank";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tidemark-provider-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A provider package in the project's own node_modules. */
function installed(name: string, source: string): void {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
  write(`node_modules/${name}/index.js`, source);
}

const asked = (settings: object) =>
  bank({ root, config: { event_store: settings as { provider: string } } }).domain.init();

/** Our own memory store, made by somebody else's package, that writes down what it was created with. */
const CUSTOM = `
  const { z } = require(${JSON.stringify(require.resolve("zod"))});
  const { MemoryEventStore } = require(${JSON.stringify(require.resolve("../../src/index"))});
  exports.created = [];
  exports.provider = {
    settings: z.strictObject({ shards: z.int().default(1) }),
    create(settings, context) {
      exports.created.push({ settings, context });
      return new MemoryEventStore();
    },
  };`;

describe("event_store.provider", () => {
  it("may be any package of the project that exports a provider, which gets its checked settings", async () => {
    installed("@acme/ledger-store", CUSTOM);
    const { domain, OpenAccount, Account } = bank({
      root,
      config: { event_store: { provider: "@acme/ledger-store", shards: 3 } },
    });
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "ACC-001", holderName: "Alice", openingDeposit: 5 }),
    );
    expect((await domain.repositoryFor(Account).get(id)).balance).toBe(5);
    const { created } = require(join(root, "node_modules/@acme/ledger-store/index.js")) as { created: unknown };
    expect(created).toEqual([{ settings: { shards: 3 }, context: { root, domain: "fidelis" } }]);
    await domain.close();
  });

  it("refuses settings that its provider does not know", async () => {
    installed("ledger-store", CUSTOM);
    await expect(asked({ provider: "ledger-store", shrads: 3 })).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      faults: [expect.stringContaining("shrads")],
    });
  });

  it.each([
    ["sqlit", "sqlite"],
    ["postgresql", "postgres"],
    ["Memory", "memory"],
  ])("corrects %j, and sends nobody to a package of that name", async (provider, meant) => {
    await expect(asked({ provider })).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message: `event_store.provider "${provider}" is no store that Tidemark brings, and no package of that name is installed; did you mean "${meant}"?`,
    });
  });

  it("says which package to install", async () => {
    await expect(asked({ provider: "ledger-store" })).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message:
        'event_store.provider "ledger-store" needs the package ledger-store, which is not installed; run npm install ledger-store',
    });
  });

  it.each(["constructor", "toString", "__proto__"])("takes %s for the name of a package", async (provider) => {
    await expect(asked({ provider })).rejects.toMatchObject({ code: "INVALID_CONFIGURATION" });
  });

  it.each([
    ["nothing", ""],
    ["a provider without settings", "exports.provider = { create() {} };"],
    ["a provider without create()", "exports.provider = { settings: {} };"],
    ["a store in the place of a provider", "exports.provider = class Store {};"],
  ])("refuses a package that exports %s", async (_, source) => {
    installed("ledger-store", source);
    await expect(asked({ provider: "ledger-store" })).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message:
        'event_store.provider "ledger-store": the package does not export a "provider" with settings and create()',
    });
  });
});
