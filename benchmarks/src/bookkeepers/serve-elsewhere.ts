import { once } from "node:events";

import type { Place } from "../program/place";
import type { BookkeeperOptions } from "./bookkeeper";
import { openBookkeeper } from "./open-bookkeeper";

/** The process of a bookkeeper that serves until the process that started it lets go of it. */
async function serve({ place, options }: { readonly place: Place; readonly options: BookkeeperOptions }) {
  const bookkeeper = await openBookkeeper(place, options);
  await bookkeeper.serve();
  const ended = once(process, "disconnect");
  process.send?.("serves");
  await ended;
  await bookkeeper.close();
}

process.once("message", (message) => {
  serve(message as Parameters<typeof serve>[0]).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
