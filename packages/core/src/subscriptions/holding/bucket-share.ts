import { bucketOf } from "../../ports/buckets";

/**
 * Returns how many buckets of a subscription a server is to have: as many as the others, or one more. Which servers get one more
 * differs between subscriptions, so that those with one bucket do not all lie on the same server.
 */
export function shareOf(
  server: string,
  { subscription, servers, buckets }: { subscription: string; servers: readonly string[]; buckets: number },
): number {
  const index = servers.indexOf(server);
  if (index < 0) return 0;
  const turned = (index + bucketOf(subscription, servers.length)) % servers.length;
  return Math.floor(buckets / servers.length) + (turned < buckets % servers.length ? 1 : 0);
}
