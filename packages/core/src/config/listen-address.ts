import { isIP } from "node:net";
import { z } from "zod";

/** Where a server listens. */
export interface ListenAddress {
  /** Absent for all addresses of the machine. */
  readonly host?: string | undefined;
  /** 0 for one that the system picks. */
  readonly port: number;
}

const EXAMPLES = '"127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080"';

const HOST_AND_PORT = /^(?:\[(?<ip6>[^\]]+)\]|(?<host>[^:[\]\s/]*)):(?<port>\d{1,5})$/;

/** Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `:8080`. @returns undefined for any other text. */
export function listenAddressOf(text: string): ListenAddress | undefined {
  const { ip6, host = "", port } = HOST_AND_PORT.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) return undefined;
  if (ip6 !== undefined) return isIP(ip6) === 6 ? { host: ip6, port: Number(port) } : undefined;
  return host === "" ? { port: Number(port) } : { host, port: Number(port) };
}

/** What is wrong with a text that is no address, in words. */
export const NO_ADDRESS = `must be a host and a port, such as ${EXAMPLES}`;

/** Parses an address to listen on, as domain.toml writes it. */
export const listenAddress = z.string({ error: NO_ADDRESS }).transform((text, context): ListenAddress => {
  const address = listenAddressOf(text);
  if (address !== undefined) return address;
  context.addIssue({ code: "custom", message: NO_ADDRESS });
  return z.NEVER;
});
