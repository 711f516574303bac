import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

const SYNC = "S".charCodeAt(0);
const SIMPLE_QUERY = "Q".charCodeAt(0);

/** Stands between the driver and the server and counts what the server has to answer: each such message is a round trip. */
export class CountingProxy {
  roundTrips = 0;
  /** How many connections were made through it. */
  connections = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** Listens on a free port and passes everything on to the server of the url. */
  static async before(serverUrl: string): Promise<CountingProxy> {
    const { hostname, port } = new URL(serverUrl);
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = new URL(serverUrl);
    url.hostname = "127.0.0.1";
    url.port = String((server.address() as { port: number }).port);
    const proxy = new CountingProxy(server, url.toString());
    server.on("connection", (client) => proxy.forward(client, connect(Number(port || 5432), hostname)));
    return proxy;
  }

  /** Frees the port, as soon as the last connection through it has ended. */
  async close(): Promise<void> {
    this.server.close();
    await once(this.server, "close");
  }

  private forward(client: Socket, upstream: Socket): void {
    this.connections++;
    const messages = new FrontendMessages((type) => {
      if (type === SYNC || type === SIMPLE_QUERY) this.roundTrips++;
    });
    client.on("data", (bytes) => messages.read(bytes));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
  }
}

/** Splits a client's bytes into messages: a type, then the length of the rest. Only the first one has no type. */
class FrontendMessages {
  private buffered = Buffer.alloc(0);
  private started = false;

  constructor(private readonly onMessage: (type: number) => void) {}

  read(bytes: Buffer): void {
    this.buffered = Buffer.concat([this.buffered, bytes]);
    for (;;) {
      const typeBytes = this.started ? 1 : 0;
      if (this.buffered.length < typeBytes + 4) return;
      const end = typeBytes + this.buffered.readInt32BE(typeBytes);
      if (this.buffered.length < end) return;
      if (this.started) this.onMessage(this.buffered[0]!);
      this.started = true;
      this.buffered = this.buffered.subarray(end);
    }
  }
}
