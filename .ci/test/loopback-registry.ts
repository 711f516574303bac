import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What npm sends to publish a version, and gets to install one. */
interface Packument {
  readonly name: string;
  readonly versions: Record<string, { dist: Record<string, string> }>;
  readonly "dist-tags": Record<string, string>;
  readonly _attachments?: Readonly<Record<string, { readonly data: string }>>;
}

/**
 * A registry of npm on this machine, which keeps what is published in memory. It sends npm to another registry for every package
 * that was not published here.
 */
export class LoopbackRegistry {
  private readonly packuments = new Map<string, Packument>();
  private readonly tarballs = new Map<string, Buffer>();

  private constructor(
    private readonly server: Server,
    private readonly upstream: string,
  ) {}

  /** @param upstream the registry for all other packages. */
  static async start(upstream: string): Promise<LoopbackRegistry> {
    const server = createServer((request, response) => void registry.answer(request, response));
    const registry = new LoopbackRegistry(server, upstream);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** The published versions, such as `@tidemark/core@0.2.0`. */
  get published(): readonly string[] {
    return [...this.packuments.values()]
      .flatMap(({ name, versions }) => Object.keys(versions).map((version) => `${name}@${version}`))
      .sort();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? "/").slice(1);
    const packument = this.packuments.get(path);
    const tarball = this.tarballs.get(path);
    if (request.method === "PUT") {
      this.publish(JSON.parse(await textOf(request)));
      response.writeHead(201).end("{}");
    } else if (tarball !== undefined) {
      response.end(tarball);
    } else if (packument !== undefined) {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(packument));
    } else {
      response.writeHead(302, { location: new URL(request.url?.slice(1) ?? "", this.upstream).href }).end();
    }
  }

  private publish({ _attachments = {}, ...sent }: Packument): void {
    const known = this.packuments.get(sent.name);
    const [attachment] = Object.values(_attachments);
    const tarball = Buffer.from(attachment?.data ?? "", "base64");
    for (const [version, { dist }] of Object.entries(sent.versions)) {
      const path = `${sent.name}/-/${version}.tgz`;
      this.tarballs.set(path, tarball);
      dist.tarball = new URL(path, this.url).href;
      dist.integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    }
    this.packuments.set(sent.name, {
      ...sent,
      versions: { ...known?.versions, ...sent.versions },
      "dist-tags": { ...known?.["dist-tags"], ...sent["dist-tags"] },
    });
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
