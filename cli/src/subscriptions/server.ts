import { withDomain } from "../domain/with-domain";
import type { Io } from "../io/io";
import { catchUpOnce } from "./catch-up-once";
import { serveUntilSignal } from "./serve-until-signal";
import type { ServerOptions } from "./served";

/** Runs the subscriptions of a domain: until a signal, or with `once` until nothing is left. */
export async function server(io: Io, options: ServerOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const run = { io, domain, results, options };
    return options.once ? await catchUpOnce(run) : await serveUntilSignal(run);
  });
}
