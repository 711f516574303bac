import type { Engine } from "./engine";
import { consumersIn, lanesOf } from "./lanes";
import type { SubscriptionWorker } from "./subscription-worker";
import type { WorksBeside } from "./works-beside";

/** Which subscriptions a server runs, and for how long. */
export interface ServeOptions {
  /** The lanes whose subscriptions and commands it runs; all of them where absent. */
  readonly lanes?: readonly string[];
  /** Closes the server when it is aborted. */
  readonly signal?: AbortSignal;
  /** Called when an event has stopped a subscription for good, with its name and the error. The error is logged as well. */
  readonly onStopped?: (subscription: string, error: Error) => void;
  /**
   * Where the health of the server can be asked for, over `[server] health` of domain.toml: `127.0.0.1:8080`, `[::1]:8080`, `:8080`; port
   * 0 for one that the system picks; false for nowhere.
   */
  readonly health?: string | false;
}

/** Runs subscriptions of a domain in this process, and what is done beside them: what `domain.serve()` gives. */
export interface Server extends AsyncDisposable {
  /** The lanes that it runs. */
  readonly lanes: readonly string[];
  /** Where its health can be asked for: `127.0.0.1:8080`; undefined for nowhere. */
  readonly health: string | undefined;
  /** The names of the subscriptions that it runs, or that have not ended yet; without those that have stopped. */
  readonly running: readonly string[];
  /**
   * The names of the subscriptions that did not end what was in hand before `[server] shutdown` was over, and of what else the server does:
   * `commands that run later`.
   */
  readonly givenUp: readonly string[];
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
export async function serve(
  { engine, beside }: { readonly engine: Engine; readonly beside: WorksBeside },
  options: Omit<ServeOptions, "health">,
  { keepAlive = true } = {},
): Promise<Server> {
  const { lanes = lanesOf(engine.consumers, beside.lanes), signal, onStopped } = options;
  const consumers = consumersIn({ asked: lanes, beside: beside.lanes }, engine.consumers, "Cannot serve");
  const stopListening = engine.onStop((consumer, error) => {
    if (consumers.includes(consumer)) onStopped?.(consumer.name, error);
  });
  const release = await engine.hold(consumers).catch((error: unknown) => {
    stopListening();
    throw error;
  });
  const releaseBeside = beside.hold(lanes);
  const letSleep = keepAlive ? [engine.keepAlive(), beside.keepAlive()] : [];
  const workers = consumers.map(({ subscription }) => engine.workers.get(subscription) as SubscriptionWorker);
  let givenUp: readonly string[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= Promise.all([release(), releaseBeside()])
      .then(([late, lateBeside]) => {
        givenUp = [...late.map(({ consumer }) => consumer.name), ...lateBeside];
      })
      .finally(() => {
        signal?.removeEventListener("abort", onAbort);
        stopListening();
        for (const end of letSleep) end();
      });
    return closing;
  };
  // Who aborts the signal learns of a failure from `close()`.
  const onAbort = (): void => void close().catch(() => undefined);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  return {
    lanes,
    health: undefined,
    get running() {
      return workers
        .filter(({ state, isEnding }) => state === "running" || state === "standby" || (state === "ended" && isEnding))
        .map(({ consumer }) => consumer.name);
    },
    get givenUp() {
      return givenUp;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
