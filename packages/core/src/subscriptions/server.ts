import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { didYouMean } from "../wording/did-you-mean";
import { quoted } from "../wording/in-words";
import type { Engine } from "./engine";

/** Which subscriptions a server runs, and for how long. */
export interface ServeOptions {
  /** The lanes whose subscriptions it runs; all of them where absent. */
  readonly lanes?: readonly string[];
  /** Closes the server when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Runs subscriptions of a domain in this process: what `domain.serve()` gives. */
export interface Server extends AsyncDisposable {
  /** The lanes that it runs. */
  readonly lanes: readonly string[];
  /**
   * Takes no new events, ends what is in hand, and stores how far it got. What is not done within `[server] shutdown` is given up, and
   * handled again by the next server. A second call waits for the first.
   */
  close(): Promise<void>;
}

/**
 * Starts a server. It keeps the process alive.
 * @throws IncorrectUsageError for a lane that nothing is in; for a handler that does not say where it starts.
 */
export async function serve(engine: Engine, options: ServeOptions, { keepAlive = true } = {}): Promise<Server> {
  const known = [...new Set(["default", ...engine.consumers.map(({ lane }) => lane)])];
  const { lanes = known, signal } = options;
  for (const lane of lanes) if (!known.includes(lane)) throw unknownLane(lane, known);
  const release = await engine.hold(engine.consumers.filter(({ lane }) => lanes.includes(lane)));
  const letSleep = keepAlive ? engine.signs.keepAlive() : () => undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= release().finally(() => {
      signal?.removeEventListener("abort", onAbort);
      letSleep();
    });
    return closing;
  };
  // Who aborts the signal learns of a failure from `close()`.
  const onAbort = (): void => void close().catch(() => undefined);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return { lanes, close, [Symbol.asyncDispose]: close };
}

function unknownLane(lane: string, known: readonly string[]): IncorrectUsageError {
  const hint = typeof lane === "string" ? didYouMean(lane, known) : "";
  return new IncorrectUsageError(
    `Cannot serve lane ${JSON.stringify(lane)}: no subscription is in it${hint || `; there are ${quoted(known)}`}`,
    { lane },
  );
}
