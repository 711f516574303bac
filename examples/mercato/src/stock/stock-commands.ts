import { Command, identifier, valueObject } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { Money } from "../money";
import { StockItem } from "./stock-item";

@domain.command({ partOf: StockItem })
export class ListItem extends Command({ sku: identifier(), name: z.string(), price: valueObject(Money) }) {}

@domain.command({ partOf: StockItem })
export class ReceiveStock extends Command({ sku: identifier(), quantity: z.number() }) {}

@domain.command({ partOf: StockItem })
export class CountStock extends Command({ sku: identifier(), onHand: z.number() }) {}
