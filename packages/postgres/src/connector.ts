import { Socket } from "node:net";

import { clearTimeout, now, pause, setTimeout } from "@tidemark/core/adapter";
import { Client, type ClientConfig } from "pg";

import { type Claim, claimOf, standbyCheck } from "./claim";
import type { Connected } from "./connection-pool";
import type { AskHost } from "./host-search";
import { completeUrl, type Host, urlAt } from "./hosts";
import type { PostgresSettings } from "./settings";
import { isLasting, isTooManyConnections, PoolClosed, ServerReplaced } from "./unavailable";
import { WritableHost } from "./writable-host";

const CLOSE_GRACE_MS = 500;
/** A machine that is gone is noticed after this and ten probes of a second, where nothing was sent to it. */
const KEEP_ALIVE_MS = 5_000;

/** Makes connections to the server that takes writes, and cuts them when that is another one. */
export class Connector {
  readonly #config: ClientConfig;
  readonly #urls: ReadonlyMap<Host | undefined, string>;
  readonly #timeoutMs: number;
  /** The open sockets, by where they lead. */
  readonly #sockets = new Map<Socket, Host | undefined>();
  /** Only for several hosts. */
  readonly #writable: WritableHost | undefined;
  #isClosed = false;

  /** @param onChange called when another server takes the writes than before. */
  constructor(settings: PostgresSettings, onChange: () => void) {
    const { hosts, connectTimeoutMs } = settings;
    this.#config = configFor(settings);
    this.#timeoutMs = connectTimeoutMs;
    const places = hosts.length === 0 ? [undefined] : hosts;
    this.#urls = new Map(places.map((host) => [host, urlFor(settings, host)]));
    if (hosts.length > 1) {
      this.#writable = new WritableHost({
        hosts,
        ask: (host, limits) => this.#ask(host, limits),
        searchMs: connectTimeoutMs,
        onChange: (host) => {
          onChange();
          this.#cutOthers(host);
        },
      });
    }
  }

  /**
   * Makes one connection. Where the server that took writes until now cannot be reached, or is a standby, all hosts are asked for the one that
   * does.
   *
   * @param options.mayBeStandby whether the server of a single url may be a standby.
   * @throws the driver's error, ReadOnlyServer, NoWritableHost.
   */
  async connect(config: ClientConfig = {}, { mayBeStandby = false } = {}): Promise<Connected> {
    const end = now() + this.#timeoutMs;
    for (let isFirst = true; ; isFirst = false) {
      const host = await this.#host();
      try {
        return { client: await this.#open(host, config, mayBeStandby), host };
      } catch (error) {
        if (this.#writable === undefined || isLasting(error) || isTooManyConnections(error)) throw error;
        this.forget(host);
        if (!isFirst || now() >= end) throw error;
      }
    }
  }

  /** Notes that the server at a host may be gone. */
  forget(host: Host | undefined): void {
    if (host !== undefined) this.#writable?.forget(host);
  }

  /** Looks from time to time whether another server takes the writes by now; more often where this one is slow. */
  watch({ isSlow }: { isSlow: boolean }): void {
    void this.#writable?.look({ isUrgent: isSlow });
  }

  /** Waits for the server to close the connections, and closes them itself if need be. No further one is made. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const gone = [...this.#sockets.keys()].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    await Promise.race([Promise.all(gone), pause(CLOSE_GRACE_MS, { ref: false })]);
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  async #host(): Promise<Host | undefined> {
    if (this.#writable !== undefined) return await this.#writable.find();
    const [only] = this.#urls.keys();
    return only;
  }

  async #open(host: Host | undefined, config: ClientConfig, mayBeStandby: boolean): Promise<Client> {
    const socket = this.#socket(host);
    const client = this.#client(host, { connectionTimeoutMillis: this.#timeoutMs, ...config, stream: () => socket });
    const refuseStandby = standbyCheck(client);
    try {
      await client.connect();
      if (!mayBeStandby) refuseStandby();
      return client;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  async #ask(host: Host, { timeoutMs, signal }: Parameters<AskHost>[1]): Promise<Claim> {
    const socket = this.#socket(undefined);
    const client = this.#client(host, { stream: () => socket });
    const cut = () => socket.destroy(new Error("timeout expired"));
    const timer = setTimeout(cut, timeoutMs);
    signal.addEventListener("abort", cut);
    try {
      await client.connect();
      return await claimOf(client);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", cut);
      void client.end().catch(() => undefined);
      // A server that is frozen would never close it.
      socket.destroySoon();
    }
  }

  #client(host: Host | undefined, config: ClientConfig): Client {
    const client = new Client({ ...this.#config, ...config, connectionString: this.#urls.get(host)! });
    // Whoever uses it listens too; an error without any listener would end the process.
    client.on("error", () => undefined);
    return client;
  }

  #socket(host: Host | undefined): Socket {
    if (this.#isClosed) throw new PoolClosed();
    const socket = new Socket();
    this.#sockets.set(socket, host);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }

  #cutOthers(kept: Host): void {
    for (const [socket, host] of this.#sockets) {
      if (host !== undefined && host !== kept)
        socket.destroy(new ServerReplaced("another server takes the writes now"));
    }
  }
}

function configFor({ url, statementTimeoutMs }: PostgresSettings): ClientConfig {
  const { searchParams } = new URL(completeUrl(url));
  const options = searchParams.get("options") ?? process.env.PGOPTIONS;
  return {
    application_name: searchParams.get("application_name") ?? "tidemark",
    statement_timeout: statementTimeoutMs,
    options: [SESSION, options, WARNINGS].filter((part) => part !== undefined).join(" "),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

function urlFor({ url }: PostgresSettings, host: Host | undefined): string {
  const parsed = new URL(host === undefined ? url : urlAt(url, host));
  parsed.searchParams.delete("options");
  return parsed.toString();
}

/** Every statement here is made for an index and needs one plan; one made while tables are empty would be a bad one. */
const SESSION = Object.entries({
  default_transaction_isolation: String.raw`read\ committed`,
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  max_parallel_workers_per_gather: "0",
  jit: "off",
})
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(" ");

/** Comes last, so that nobody turns off the warning that a commit is not confirmed. */
const WARNINGS = "-c client_min_messages=warning";
