import { rmSync } from "node:fs";
import { relative, resolve } from "node:path";

import { loadConfig } from "@tidemark/core";

import { terminalPrinter } from "./tour/printer";
import { tour } from "./tour/tour";

/** `npm run example:mercato`: the tour on the event store that domain.toml names; a file begins empty each time. */
async function main(): Promise<void> {
  const file = sqliteFile();
  if (file !== undefined) for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });

  const printer = terminalPrinter(process.stdout);
  printer.line();
  printer.line("Mercato, a shop on Tidemark");
  if (file !== undefined) printer.line(`It starts from an empty file each time: ${relative(process.cwd(), file)}`);
  printer.line();
  await tour(printer);
  printer.line();
  printer.line("  npx domain events read mercato::order-order-101");
  printer.line("  npx domain events read mercato::order:fact-order-101");
  printer.line("  npx domain snapshot list --aggregate=Order");
  printer.line();
}

function sqliteFile(): string | undefined {
  const { eventStore, root } = loadConfig({ root: process.cwd() });
  const { path } = eventStore.settings;
  return eventStore.provider === "sqlite" && typeof path === "string" ? resolve(root, path) : undefined;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
