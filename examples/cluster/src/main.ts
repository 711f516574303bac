import { PostgresCluster } from "@tidemark/testing/postgres-cluster";

import { HELP, type Options, optionsOf } from "./options";
import { runBank } from "./run-bank";

/** `npm run example:cluster` */
async function main(): Promise<void> {
  let options: Options;
  try {
    options = optionsOf(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
    return;
  }
  if (options.isHelp) {
    process.stdout.write(HELP);
    return;
  }
  const missing = PostgresCluster.missingPrograms();
  if (missing.length > 0) {
    console.error(`Missing here: ${missing.join(", ")}. Run "npm run cluster:install" first.`);
    process.exitCode = 1;
    return;
  }
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupted.abort());
  const status = await runBank(options, interrupted.signal);
  // An interrupted run leaves waits behind that nobody needs any more.
  process.exit(status);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
