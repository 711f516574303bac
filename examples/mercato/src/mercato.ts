import { Domain } from "@tidemark/core";

import { actingName } from "./acting-as";
import { shopClock } from "./shop-clock";

/** Has its own file, so that every element can import it without a circle. */
export const domain = new Domain("mercato", { clock: shopClock });

domain.enrichCommands(() => ({ by: actingName() }));
