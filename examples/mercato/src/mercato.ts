import { Domain } from "@tidemark/core";

import { actingName } from "./acting-as";

/** In a file of its own, so that every element can import it and none imports another in a circle. */
export const domain = new Domain("mercato");

domain.enrichCommands(() => ({ by: actingName() }));
