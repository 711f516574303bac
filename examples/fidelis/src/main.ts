import { rmSync } from "node:fs";
import { relative, resolve } from "node:path";

import { loadConfig } from "@tidemark/core";

import { terminalPrinter } from "./tour/printer";
import { tour } from "./tour/tour";

/** `npm run example`: the tour on the event store that domain.toml names; a file begins empty each time. */
async function main(): Promise<void> {
  const file = sqliteFile();
  if (file !== undefined) for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });

  const printer = terminalPrinter(process.stdout);
  printer.line();
  printer.line("Fidelis, a bank on Tidemark");
  if (file !== undefined) printer.line(`It starts from an empty file each time: ${relative(process.cwd(), file)}`);
  printer.line();
  await tour(printer, { corporateEvents: 50_000 });
  printer.line();
  printer.line("  npx domain snapshot create --aggregate=Account");
  printer.line("  npx domain events read fidelis::account-acc-corporate-001 --from=50000");
  printer.line("  npx domain eventstore verify");
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
