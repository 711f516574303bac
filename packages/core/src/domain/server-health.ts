import { type ListenAddress, listenAddressOf, NO_ADDRESS } from "../config/listen-address";
import type { ServerConfig } from "../config/server-config";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { SubscriptionStoppedError } from "../errors/subscription-stopped-error";
import type { Backlog } from "../health/backlog";
import { HealthEndpoint, type HealthMember } from "../health/health-endpoint";
import { HealthReport } from "../health/health-report";
import { ProcessMetrics } from "../health/process-metrics";
import type { ServerVitals } from "../health/server-vitals";
import type { Engine } from "../subscriptions/engine";
import { lanesOf } from "../subscriptions/lanes";
import type { SubscriptionStatuses } from "../subscriptions/operating/subscription-status";
import { settledEnd } from "../subscriptions/reading/settled-end";
import type { ServeOptions, Server } from "../subscriptions/server";
import type { WorksBeside } from "../subscriptions/works-beside";
import type { ConsumerCount } from "../telemetry/consumer-counts";
import { inWords } from "../wording/in-words";

/** How servers of a domain run. */
export interface ServingSettings {
  /** Whether several processes can serve it: not where the store lies in the memory of one. */
  readonly byManyProcesses: boolean;
  /** Where the health of a server can be asked for, as `[server] health` says. */
  readonly health: ListenAddress | undefined;
  /** How long a server that ends waits for the work in hand. */
  readonly shutdownMs: number;
  /** The lanes that servers can run: those of subscriptions, and those of commands that run later. */
  readonly lanes: readonly string[];
  /** Whether servers carry out commands that run later. */
  readonly runsCommands: boolean;
}

interface ServerHealthParts {
  readonly engine: Engine;
  readonly beside: WorksBeside;
  readonly config: ServerConfig;
  readonly statuses: SubscriptionStatuses;
  readonly backlog: () => Promise<Backlog | undefined>;
  readonly counts: ReadonlyMap<string, ConsumerCount>;
}

/** Tells the health of the servers of a domain, from their start to their end. */
export class ServerHealth {
  #endpoint: HealthEndpoint | undefined;

  constructor(private readonly parts: ServerHealthParts) {}

  /**
   * Starts a server, and lets its health be asked for where the options or the configuration say so: from before it serves until it has
   * ended.
   */
  async during(
    { health, lanes, signal }: ServeOptions,
    keepAlive: boolean,
    start: () => Promise<Server>,
  ): Promise<Server> {
    const { engine, beside, config } = this.parts;
    const address = health === undefined ? config.health : addressOf(health);
    if (address === undefined) return await start();
    this.#endpoint ??= this.#newEndpoint();
    const member = await this.#endpoint.join(address, {
      lanes: lanes ?? lanesOf(engine.consumers, beside.lanes),
      keepAlive,
    });
    try {
      const server = new HealthyServer(await start(), member);
      signal?.addEventListener("abort", () => void server.close().catch(() => undefined), { once: true });
      member.started(await engine.repeated(() => settledEnd(engine.parts.adapter.log)));
      return server;
    } catch (error) {
      await member.leave();
      throw error;
    }
  }

  /** Notes that all servers end: none is ready any more. */
  closing(): void {
    this.#endpoint?.closing();
  }

  async close(): Promise<void> {
    await this.#endpoint?.close();
  }

  #newEndpoint(): HealthEndpoint {
    const { engine, beside, config, statuses, backlog, counts } = this.parts;
    const endpoint: HealthEndpoint = new HealthEndpoint(
      new HealthReport({
        servers: () => endpoint.servers,
        vitals: () => vitalsOf(engine, beside),
        statuses: () => statuses.list(),
        backlog,
        counts,
        processMetrics: new ProcessMetrics(),
        mustCatchUp: config.ready === "caught-up",
      }),
    );
    return endpoint;
  }
}

/** @throws IncorrectUsageError for a text that is no address. */
function addressOf(health: string | false): ListenAddress | undefined {
  if (health === false) return undefined;
  const address = typeof health === "string" ? listenAddressOf(health) : undefined;
  if (address === undefined)
    throw new IncorrectUsageError(`"health" ${NO_ADDRESS}, or false; found ${inWords(health)}`);
  return address;
}

function vitalsOf(engine: Engine, beside: WorksBeside): ServerVitals {
  const crashed = new Map<string, Error>();
  for (const { consumer, failure } of engine.workers.values())
    if (failure !== undefined && !(failure instanceof SubscriptionStoppedError)) crashed.set(consumer.name, failure);
  const { server, leaseAgeMs, loopAgeMs } = engine.keeper;
  return {
    server,
    leaseMs: engine.parts.settings.leaseMs,
    leaseAgeMs,
    loopAgeMs,
    workAgeMs: beside.loopAgeMs,
    crashed,
  };
}

/** A server whose health is told until it has ended. */
class HealthyServer implements Server {
  #closing: Promise<void> | undefined;

  constructor(
    private readonly server: Server,
    private readonly member: HealthMember,
  ) {}

  get health(): string {
    return this.member.address;
  }

  get lanes(): readonly string[] {
    return this.server.lanes;
  }

  get running(): readonly string[] {
    return this.server.running;
  }

  get givenUp(): readonly string[] {
    return this.server.givenUp;
  }

  close(): Promise<void> {
    this.member.closing();
    this.#closing ??= this.server.close().finally(() => this.member.leave());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
