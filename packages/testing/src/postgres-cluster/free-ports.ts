import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";

const LOWEST = 10_000;
const TRIES = 1_000;

/**
 * Finds ports of 127.0.0.1 on which nobody listens, all different.
 *
 * They lie below those that the system gives to outgoing connections: one of these could take the port of a machine while
 * it is down.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const end = firstOutgoingPort();
  const probes: Server[] = [];
  try {
    for (let tries = 0; probes.length < count && tries < TRIES; tries++) {
      const probe = createServer();
      const port = LOWEST + Math.floor(Math.random() * (end - LOWEST));
      const isFree = once(probe, "listening").then(
        () => true,
        () => false,
      );
      probe.listen(port, "127.0.0.1");
      if (await isFree) probes.push(probe);
    }
    if (probes.length < count) throw new Error(`Found ${probes.length} free ports below ${end}, but needs ${count}`);
    return probes.map((probe) => (probe.address() as { port: number }).port);
  } finally {
    await Promise.all(probes.map((probe) => once(probe.close(), "close")));
  }
}

function firstOutgoingPort(): number {
  const range = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
  const first = Number(range.trim().split(/\s+/)[0]);
  return first > LOWEST + TRIES ? first : 65_536;
}
