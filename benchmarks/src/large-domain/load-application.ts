import type { Domain } from "@tidemark/core";

/** The process that loads a generated application: prints the milliseconds of that, and of `init()` where there is a domain. */
async function load(main: string): Promise<void> {
  const began = performance.now();
  const { domain } = require(main) as { readonly domain?: Domain };
  const loaded = performance.now();
  await domain?.init();
  const initialised = performance.now();
  process.stdout.write(JSON.stringify({ load: loaded - began, init: initialised - loaded }));
  await domain?.close();
}

load(process.argv[2] ?? "").catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
