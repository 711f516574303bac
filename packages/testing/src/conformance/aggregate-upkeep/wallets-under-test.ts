import {
  Aggregate,
  type AggregateOptions,
  type AggregateRoot,
  apply,
  Command,
  Decimal,
  type Domain,
  DomainEvent,
  decimal,
  Entity,
  handle,
  hasMany,
  identifier,
} from "@tidemark/core";
import type { EventStoreAdapter, Row, Table } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { ReplacedMethods } from "../lent-store";

/** How a release stores its wallets, and what it does differently. */
export interface WalletRelease {
  readonly name?: string;
  readonly storage: AggregateOptions;
  /** Whether no two wallets have the same holder. */
  readonly isUnique?: boolean;
  /** What is folded for a payment; its amount where absent. */
  readonly worthOf?: (amount: number) => number;
  /** What is wrong with the opening event of wallets that were rows; there is none where absent. */
  readonly opening?: WrongOpening;
  /** Methods in the place of the store's own. */
  readonly store?: ReplacedMethods;
}

/** What one command does. */
export interface WalletChange {
  readonly kind: "open" | "pay" | "tag" | "limit" | "card";
  /** The holder, the tag or the id of the card. */
  readonly text?: string | undefined;
  /** The amount or the limit. */
  readonly number?: number | null | undefined;
}

/** What is wrong with an opening. */
interface WrongOpening {
  readonly withoutTags?: boolean;
  /** The holder whose wallet is refused. */
  readonly refused?: string;
}

interface WalletFields {
  readonly holder: string;
  readonly balance: Decimal;
  /** Changes the state without an event. */
  rename(holder: string): void;
  readonly cards: Iterable<{ readonly id: string }>;
}

interface Wallets {
  readonly domain: Domain;
  readonly Wallet: { readonly prototype: AggregateRoot & WalletFields; readonly name: string };
  readonly change: (walletId: string, change: WalletChange) => Promise<unknown>;
}

/** Declares a domain of wallets on the store under test: one release of an application. */
export function walletsOn(
  adapter: EventStoreAdapter,
  { storage, isUnique, worthOf, opening, ...release }: WalletRelease,
): Wallets {
  const domain = domainOn(adapter, release);
  return { domain, ...declareWallets(domain, { storage, isUnique, worthOf, opening }) };
}

/** Opens a domain of wallets. */
export async function openWallets(adapter: EventStoreAdapter, release: WalletRelease): Promise<Wallets> {
  const wallets = walletsOn(adapter, release);
  await wallets.domain.init();
  return wallets;
}

interface Declared {
  readonly storage: AggregateOptions;
  readonly isUnique: boolean | undefined;
  readonly worthOf: ((amount: number) => number) | undefined;
  readonly opening: WrongOpening | undefined;
}

function declareWallets(
  domain: Domain,
  { storage, isUnique = false, worthOf = (amount) => amount, opening }: Declared,
): Omit<Wallets, "domain"> {
  @domain.event({ partOf: "Wallet" })
  class Opened extends DomainEvent({ holder: z.string(), at: z.date() }) {}

  @domain.event({ partOf: "Wallet" })
  class Paid extends DomainEvent({ amount: z.number() }) {}

  @domain.event({ partOf: "Wallet" })
  class Tagged extends DomainEvent({ tag: z.string() }) {}

  @domain.event({ partOf: "Wallet" })
  class Limited extends DomainEvent({ limit: z.number().nullable().optional() }) {}

  @domain.event({ partOf: "Wallet" })
  class CardAdded extends DomainEvent({ cardId: identifier() }) {}

  @domain.event({ partOf: "Wallet" })
  class Moved extends DomainEvent({
    holder: z.string(),
    openedAt: z.date(),
    balance: decimal(),
    payments: z.bigint(),
    mean: z.number(),
    limit: z.number().nullable().optional(),
    tags: z.array(z.string()),
    cards: z.array(z.object({ id: identifier(), added: z.number() })),
  }) {}

  @domain.entity({ partOf: "Wallet" })
  class Card extends Entity({ added: z.number() }) {}

  const moved = ({ id: _, cards, tags, ...state }: any) => {
    if (state.holder === opening?.refused) throw new Error(`${state.holder} is not wanted`);
    const kept = Array.from(cards as Iterable<Card>, ({ id, added }) => ({ id, added }));
    return new Moved({ ...state, tags: opening?.withoutTags ? [] : tags, cards: kept });
  };
  const options = { ...storage, ...(opening !== undefined && { opening: moved }) };

  @domain.aggregate(options as { eventSourced: true })
  class Wallet extends Aggregate(
    {
      holder: z.string(),
      openedAt: z.date(),
      balance: decimal().default("0"),
      payments: z.bigint().default(0n),
      mean: z.number().default(0),
      limit: z.number().nullable().optional(),
      tags: z.array(z.string()).default([]),
      cards: hasMany(Card),
    },
    isUnique ? { unique: ["holder"] } : {},
  ) {
    change({ kind, text = "", number }: WalletChange): void {
      if (kind === "open") this.raise(new Opened({ holder: text, at: new Date(1.7e12) }));
      else if (kind === "pay") this.raise(new Paid({ amount: number ?? 0 }));
      else if (kind === "tag") this.raise(new Tagged({ tag: text }));
      else if (kind === "limit") this.raise(new Limited({ limit: number }));
      else if (this.cards.find(text) === undefined) this.raise(new CardAdded({ cardId: text }));
    }

    rename(holder: string): void {
      this.holder = holder;
    }

    @apply(Opened)
    onOpened({ holder, at }: Opened): void {
      this.holder = holder;
      this.openedAt = at;
    }

    @apply(Paid)
    onPaid({ amount }: Paid): void {
      const worth = worthOf(amount);
      this.balance = this.balance.plus(worth);
      this.payments += 1n;
      this.mean = (this.mean * Number(this.payments - 1n) + worth) / Number(this.payments);
    }

    @apply(Tagged)
    onTagged({ tag }: Tagged): void {
      this.tags = [...this.tags, tag];
    }

    @apply(Limited)
    onLimited({ limit }: Limited): void {
      this.limit = limit;
    }

    @apply(CardAdded)
    onCardAdded({ cardId }: CardAdded): void {
      this.cards.add(new Card({ id: cardId, added: Number(this.payments) }));
    }

    @apply(Moved)
    onMoved({ cards, ...state }: Moved): void {
      Object.assign(this, state);
      for (const card of [...this.cards]) this.cards.remove(card.id);
      for (const card of cards) this.cards.add(new Card(card));
    }
  }

  @domain.command({ partOf: Wallet })
  class Change extends Command({
    walletId: identifier(),
    kind: z.enum(["open", "pay", "tag", "limit", "card"]),
    text: z.string().optional(),
    number: z.number().nullable().optional(),
  }) {}

  @domain.commandHandler({ partOf: Wallet })
  class WalletHandler {
    @handle(Change)
    async change({ walletId, ...change }: Change): Promise<void> {
      const repository = domain.repositoryFor(Wallet);
      const found = await repository.find(walletId);
      if ((found === undefined) !== (change.kind === "open")) return;
      const wallet = found ?? Wallet.createNew({ id: walletId });
      wallet.change(change);
      await repository.add(wallet);
    }
  }
  void WalletHandler;

  const change = async (walletId: string, what: WalletChange) =>
    await domain.process(new Change({ walletId, ...what }));
  return { Wallet, change };
}

/** The row of a wallet as it is stored, and how to store another one in its place. */
export class StoredWallets {
  #table: Table | undefined;

  constructor(
    private readonly adapter: EventStoreAdapter,
    private readonly tableName: string,
  ) {}

  async row(id: string): Promise<Row | undefined> {
    const [row] = await this.#readModels.rows(await this.#columns(), [id]);
    return row;
  }

  /** Changes a column behind the back of the domain. */
  async alter(id: string, column: string, value: Row[number]): Promise<void> {
    const table = await this.#columns();
    const row = (await this.row(id))!.map((each, index) => (table.columns[index]!.name === column ? value : each));
    await this.adapter.operations!.flush([{ kind: "upsertRows", table, rows: [row] }]);
  }

  async remove(id: string): Promise<void> {
    await this.adapter.operations!.flush([{ kind: "deleteRows", table: await this.#columns(), keys: [id] }]);
  }

  async isThere(): Promise<boolean> {
    return await this.#readModels.has(this.tableName);
  }

  get #readModels() {
    return this.adapter.operations!.readModels;
  }

  async #columns(): Promise<Table> {
    this.#table ??= { name: this.tableName, columns: (await this.#readModels.columnsOf(this.tableName))! };
    return this.#table;
  }
}

/** The state of a wallet as a fold without any of the machinery gives it; undefined where it was never opened. */
export function walletAfter(changes: readonly WalletChange[]): Record<string, unknown> | undefined {
  let state: Record<string, any> | undefined;
  for (const { kind, text, number } of changes) {
    if (kind === "open")
      state ??= {
        holder: text,
        openedAt: new Date(1.7e12),
        balance: new Decimal(0),
        payments: 0n,
        mean: 0,
        limit: undefined,
        tags: [],
        cards: [],
      };
    else if (state === undefined) continue;
    else if (kind === "pay") {
      const amount = number ?? 0;
      state.balance = state.balance.plus(amount);
      state.payments += 1n;
      state.mean = (state.mean * Number(state.payments - 1n) + amount) / Number(state.payments);
    } else if (kind === "tag") state.tags = [...state.tags, text];
    else if (kind === "limit") state.limit = number;
    else if (!state.cards.includes(text)) state.cards = [...state.cards, text];
  }
  return state;
}
