import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { ListenAddress } from "../config/listen-address";
import { AddressUnavailableError } from "../errors/address-unavailable-error";
import { reasonOf } from "../wording/in-words";
import { PROMETHEUS_TYPE } from "./prometheus-text";

/** The answer to a question about health: the reasons why it is no; none where it is yes. */
export type Reasons = readonly string[];

/** What is told about the health of a server. */
export interface HealthAnswers {
  /** Whether the process still works. */
  live(): Reasons | Promise<Reasons>;
  /** Whether it does its work; with `caughtUp`, whether it has also caught up. */
  ready(asked: { readonly caughtUp: boolean }): Promise<Reasons>;
  /** All metrics, in the text format of Prometheus. */
  metrics(): Promise<string>;
}

/** Longer than a probe waits, so that a client that says nothing is let go. */
const REQUEST_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly allow?: string;
}

/** Answers `/livez`, `/readyz` and `/metrics` over HTTP. */
export class HealthServer {
  private constructor(
    private readonly http: Server,
    private readonly host: string | undefined,
  ) {}

  /** @throws AddressUnavailableError where the address cannot be had. */
  static async listen(address: ListenAddress, report: HealthAnswers): Promise<HealthServer> {
    const { host, port } = address;
    const http = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
      void respond(request, response, report);
    });
    await new Promise<void>((resolve, reject) => {
      http.once("error", (error: NodeJS.ErrnoException) => reject(refused(address, error)));
      http.listen({ port, ...(host !== undefined && { host }), exclusive: true }, () => resolve());
    });
    // What happens to a listener later ends no process.
    http.removeAllListeners("error").on("error", () => undefined);
    return new HealthServer(http, host);
  }

  /** Where it listens: `127.0.0.1:8080`, `[::1]:8080`, `:8080`. */
  get address(): string {
    const { port } = this.http.address() as AddressInfo;
    return addressText({ ...(this.host !== undefined && { host: this.host }), port });
  }

  /** Whether it keeps the process alive. */
  set keepsAlive(keepsAlive: boolean) {
    if (keepsAlive) this.http.ref();
    else this.http.unref();
  }

  /** Answers no more. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.http.close(() => resolve());
      this.http.closeAllConnections();
    });
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, report: HealthAnswers): Promise<void> {
  const { method = "GET", url = "/" } = request;
  let answer: Answer;
  try {
    answer = await answerTo(method, new URL(url, "http://health"), report);
  } catch (error) {
    answer = json(500, { error: reasonOf(error) });
  }
  const { status, type, body, allow } = answer;
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    ...(allow !== undefined && { Allow: allow }),
  });
  response.end(method === "HEAD" ? undefined : body);
}

async function answerTo(method: string, { pathname, searchParams }: URL, report: HealthAnswers): Promise<Answer> {
  const asked = {
    "/livez": async () => verdict("live", await report.live()),
    "/readyz": async () => verdict("ready", await report.ready({ caughtUp: searchParams.has("caught-up") })),
    "/metrics": async () => ({ status: 200, type: PROMETHEUS_TYPE, body: await report.metrics() }),
  };
  if (!Object.hasOwn(asked, pathname))
    return json(404, { error: `There is no ${pathname}: ask for /livez, /readyz or /metrics` });
  if (method !== "GET" && method !== "HEAD")
    return { ...json(405, { error: `${pathname} is only read: use GET or HEAD` }), allow: "GET, HEAD" };
  return await asked[pathname as keyof typeof asked]();
}

function verdict(asked: "live" | "ready", reasons: Reasons): Answer {
  const isYes = reasons.length === 0;
  return json(isYes ? 200 : 503, { [asked]: isYes, ...(!isYes && { reasons }) });
}

function json(status: number, document: object): Answer {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(document)}\n` };
}

function refused(address: ListenAddress, error: NodeJS.ErrnoException): AddressUnavailableError {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "the port is in use; give another one, or end the process that listens there",
    EADDRNOTAVAIL: "it is no address of this machine",
    ENOTFOUND: "the name is not known",
    EACCES: "the process may not listen there; give a port above 1023",
  };
  const reason = why[error.code ?? ""] ?? error.message;
  return new AddressUnavailableError(
    { attempted: "Cannot tell the health of this server", address: addressText(address), reason },
    error,
  );
}

function addressText({ host = "", port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
