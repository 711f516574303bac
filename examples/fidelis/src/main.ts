import { rmSync } from "node:fs";
import { join } from "node:path";

import { terminalPrinter } from "./tour/printer";
import { tour } from "./tour/tour";

const FILE = "data/fidelis.db";

/** `npm run example`: the tour on the file that domain.toml names, from empty. */
async function main(): Promise<void> {
  process.chdir(join(__dirname, "../../.."));
  for (const suffix of ["", "-wal", "-shm"]) rmSync(FILE + suffix, { force: true });

  const printer = terminalPrinter(process.stdout);
  printer.line();
  printer.line("Fidelis, a bank on Tidemark");
  printer.line(`It starts from an empty file each time: ${FILE}`);
  printer.line();
  await tour(printer, { corporateEvents: 50_000 });
  printer.line();
  printer.line("  npx domain snapshot create --aggregate=Account");
  printer.line("  npx domain events read fidelis::account-acc-corporate-001 --from=50000");
  printer.line("  npx domain eventstore verify");
  printer.line();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
