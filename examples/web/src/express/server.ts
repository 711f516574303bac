import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { plainBank } from "../create-bank";
import type { Running } from "../running";
import { createApp } from "./app";

export async function start(port: number): Promise<Running> {
  const domain = plainBank();
  await domain.init();
  const server = createApp(domain).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      await closed;
      await domain.close();
    },
  };
}
