import { Domain } from "@tidemark/core";

import { actingName } from "./acting-as";

/** Has its own file, so that every element can import it without a circle. */
export const domain = new Domain("mercato");

domain.enrichCommands(() => ({ by: actingName() }));
