import { plainBank } from "../create-bank";
import type { Running } from "../running";
import { createApp } from "./app";

export async function start(port: number): Promise<Running> {
  const domain = plainBank();
  await domain.init();
  const app = createApp(domain);
  return { url: await app.listen({ port, host: "127.0.0.1" }), close: () => app.close() };
}
