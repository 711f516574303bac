import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

import { Client } from "pg";

export interface PoolerSettings {
  readonly mode: "session" | "transaction";
  /** How many connections of the server there are. */
  readonly size: number;
  /** Whether each client's prepared statements get names of their own, as by PgBouncer from 1.21 on. With one connection of the server alone. */
  readonly renamesStatements?: boolean;
}

/** Stands in front of a server as PgBouncer does: it drops what clients ask for as they connect, and lets them take turns on its connections. */
export class Pooler {
  private readonly free: Socket[] = [];
  private readonly waiting: PooledClient[] = [];
  private readonly servers: Client[] = [];
  private readonly clients = new Set<PooledClient>();

  private constructor(
    private readonly listener: Server,
    private readonly settings: PoolerSettings,
    readonly url: string,
  ) {}

  static async before(url: string, settings: PoolerSettings): Promise<Pooler> {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const own = new URL(url);
    own.port = String((listener.address() as { port: number }).port);
    const pooler = new Pooler(listener, settings, own.toString());
    for (let number = 0; number < settings.size; number++) {
      const server = new Client({ connectionString: url });
      server.on("error", () => undefined);
      await server.connect();
      pooler.servers.push(server);
      const { stream } = (server as unknown as { connection: { stream: Socket } }).connection;
      stream.removeAllListeners("data");
      pooler.free.push(stream);
    }
    listener.on("connection", (socket: Socket) => pooler.clients.add(new PooledClient(socket, pooler)));
    return pooler;
  }

  get renamesStatements(): boolean {
    return this.settings.renamesStatements ?? false;
  }

  get keepsServers(): boolean {
    return this.settings.mode === "session";
  }

  /** Gives a client the connection that was free last, now or as soon as one is. */
  take(client: PooledClient): void {
    const server = this.free.pop();
    if (server === undefined) this.waiting.push(client);
    else client.use(server);
  }

  release(server: Socket): void {
    server.removeAllListeners("data");
    const next = this.waiting.shift();
    if (next === undefined) this.free.push(server);
    else next.use(server);
  }

  async close(): Promise<void> {
    this.listener.close();
    for (const client of this.clients) client.socket.destroy();
    for (const server of this.servers)
      (server as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }
}

let clients = 0;

class PooledClient {
  private readonly number = ++clients;
  private hasStarted = false;
  private fromClient = Buffer.alloc(0);
  private fromServer = Buffer.alloc(0);
  private pending: Buffer[] = [];
  private isWaiting = false;
  private server: Socket | undefined;

  constructor(
    readonly socket: Socket,
    private readonly pooler: Pooler,
  ) {
    socket.on("data", (data) => this.read(data));
    socket.on("error", () => undefined);
    socket.on("close", () => this.letGo());
  }

  use(server: Socket): void {
    this.isWaiting = false;
    this.server = server;
    server.on("data", (data) => this.answer(data));
    for (const message of this.pending.splice(0)) server.write(message);
  }

  private read(data: Buffer): void {
    this.fromClient = Buffer.concat([this.fromClient, data]);
    for (;;) {
      const lengthAt = this.hasStarted ? 1 : 0;
      if (this.fromClient.length < lengthAt + 4) return;
      const end = lengthAt + this.fromClient.readInt32BE(lengthAt);
      if (this.fromClient.length < end) return;
      const message = this.fromClient.subarray(0, end);
      this.fromClient = this.fromClient.subarray(end);
      if (this.hasStarted) this.pass(message);
      else this.start();
    }
  }

  /** Lets everybody in, with a number of its own in place of the server process's. */
  private start(): void {
    this.hasStarted = true;
    const numbers = Buffer.alloc(8);
    numbers.writeInt32BE(1_000_000_000 + this.number, 0);
    this.socket.write(
      Buffer.concat([packet("R", Buffer.alloc(4)), packet("K", numbers), packet("Z", Buffer.from("I"))]),
    );
  }

  private pass(message: Buffer): void {
    if (message[0] === code("X")) return void this.socket.end();
    const sent = this.pooler.renamesStatements ? renamed(message, `${this.number}_`) : message;
    if (this.server !== undefined) return void this.server.write(sent);
    this.pending.push(sent);
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.pooler.take(this);
  }

  private answer(data: Buffer): void {
    this.socket.write(data);
    this.fromServer = Buffer.concat([this.fromServer, data]);
    while (this.fromServer.length >= 5) {
      const end = 1 + this.fromServer.readInt32BE(1);
      if (this.fromServer.length < end) return;
      const isIdle = this.fromServer[0] === code("Z") && this.fromServer[5] === code("I");
      this.fromServer = this.fromServer.subarray(end);
      if (isIdle && !this.pooler.keepsServers) this.letGo();
    }
  }

  private letGo(): void {
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) this.pooler.release(server);
  }
}

/** Puts a prefix before the name of a prepared statement, where a message has one. */
function renamed(message: Buffer, prefix: string): Buffer {
  const type = String.fromCharCode(message[0]!);
  const body = message.subarray(5);
  // After the portal's name in Bind, after the kind in Describe and Close, first in Parse.
  const at = { P: 0, B: body.indexOf(0) + 1, D: 1, C: 1 }[type];
  const isOfPortal = (type === "D" || type === "C") && body[0] === code("P");
  if (at === undefined || isOfPortal || body[at] === 0) return message;
  return packet(type, Buffer.concat([body.subarray(0, at), Buffer.from(prefix), body.subarray(at)]));
}

function packet(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

function code(letter: string): number {
  return letter.charCodeAt(0);
}
