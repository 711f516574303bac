import { once } from "node:events";

import type { Place } from "../program/place";
import { remindingBank } from "./reminding-bank";

/** One of several servers: serves until the process that started it lets go of it. */
async function serve(place: Place): Promise<void> {
  const { domain } = remindingBank(place);
  await domain.init();
  const ended = once(process, "disconnect");
  const server = await domain.serve();
  process.send?.("serving");
  await ended;
  await server.close();
  await domain.close();
}

process.once("message", (message) => {
  serve(message as Place).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
