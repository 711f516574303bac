import { once } from "node:events";

import { type ScaledSubscription, scaledBank } from "./scaled-bank";

/** One of several servers: begins when it is told to, serves until the process that started it lets go of it. */
async function serve(subscription: ScaledSubscription): Promise<void> {
  const domain = scaledBank(subscription);
  await domain.init();
  const ended = once(process, "disconnect");
  const begun = once(process, "message");
  process.send?.("ready");
  await begun;
  const server = await domain.serve();
  await ended;
  await server.close();
  await domain.close();
}

process.once("message", (message) => {
  serve(message as ScaledSubscription).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
