import { handledEvent } from "../causation/handled-event";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Runtime } from "./runtime";

/** How a domain is started. */
export interface InitOptions {
  /** Whether a server runs inside of the domain, such as false in a tool; `[server] embedded` of domain.toml where absent. */
  readonly embedded?: boolean;
}

/** The way of one domain from `init()` to `close()`, and back again. */
export class Lifecycle {
  #runtime: Runtime | undefined;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  /** @param start makes what the domain runs on. */
  constructor(
    private readonly domain: string,
    private readonly start: () => Promise<Runtime>,
  ) {}

  /** True from the start of `init()` to the end of `close()`. */
  get hasBegun(): boolean {
    return this.#starting !== undefined;
  }

  /** What the domain runs on. @throws IncorrectUsageError before `init()`, and from the end of `close()`. */
  get runtime(): Runtime {
    if (this.#runtime !== undefined) return this.#runtime;
    throw this.#refusal(
      this.#isClosed ? "is closed: await domain.init() opens it again" : "is not running: await domain.init() first",
    );
  }

  /** Starts the domain, once a `close()` under way has ended. A second call waits for the first. */
  async init(options: InitOptions = {}): Promise<void> {
    await this.#closing;
    this.#starting ??= this.#start(options);
    try {
      await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
  }

  /**
   * Waits for what is under way, refuses what is new, and closes the event store. A second call waits for the first.
   * @throws IncorrectUsageError inside of a unit of work or an event handler of the domain, which the call would wait for.
   */
  async close(): Promise<void> {
    const handler = handledEvent()?.handler;
    if (handler !== undefined && this.#runtime?.consumption.engine.workers.has(handler)) {
      throw new IncorrectUsageError(
        `Cannot close domain ${JSON.stringify(this.domain)} in its event handler ${handler}: it would wait for that handler to end`,
        { domain: this.domain },
      );
    }
    if (this.#runtime?.units.isInside) {
      throw new IncorrectUsageError(
        `Cannot close domain ${JSON.stringify(this.domain)} in one of its units of work: it would wait for that unit to end`,
        { domain: this.domain },
      );
    }
    this.#closing ??= this.#end().finally(() => {
      this.#closing = undefined;
    });
    await this.#closing;
  }

  async #start({ embedded }: InitOptions): Promise<void> {
    const runtime = await this.start();
    this.#runtime = runtime;
    this.#isClosed = false;
    try {
      await runtime.consumption.startEmbedded(embedded);
    } catch (error) {
      this.#runtime = undefined;
      await runtime.consumption.endServers();
      await runtime.adapter.close();
      throw error;
    }
  }

  async #end(): Promise<void> {
    if (this.#runtime === undefined) await this.#starting?.catch(() => undefined);
    const runtime = this.#runtime;
    if (runtime === undefined) return;
    const refusal = "is closing: it ends what is under way and takes no new work";
    try {
      const refused = () => this.#refusal(refusal);
      runtime.units.underWay.refuse(refused);
      runtime.consumption.inspection.close(refused);
      // Handlers end what they have in hand, commands included.
      await runtime.consumption.endServers();
      runtime.consumption.later.results.close(refused);
      await Promise.all([
        runtime.feeds.close(refused),
        runtime.consumption.queries.close(),
        // Commands may wait for a store that is away; nothing else waits for it any longer.
        runtime.units.underWay.close(refused).finally(() => runtime.patience?.end()),
      ]);
      await Promise.all([runtime.background.drain(), runtime.consumption.closeViews()]);
    } finally {
      this.#runtime = undefined;
      this.#starting = undefined;
      this.#isClosed = true;
      await runtime.adapter.close();
    }
  }

  #refusal(reason: string): IncorrectUsageError {
    return new IncorrectUsageError(`Domain ${JSON.stringify(this.domain)} ${reason}`, { domain: this.domain });
  }
}
