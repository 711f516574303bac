import type { Ledger } from "./ledger";

/** What of the acknowledged commands is stored, and what those have made of it who follow the log. Each fault is a sentence. */
export interface Count {
  readonly acknowledged: number;
  /** Commands of writers that are in the log, each of them once. */
  readonly stored: number;
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly gaps: readonly string[];
  readonly behind: readonly string[];
  readonly unfinished: readonly string[];
  /** Transfers that have ended as they should. */
  readonly transfers: number;
}

interface Counted {
  /** All of the log. */
  readonly ledger: Ledger;
  /** The references of the commands whose writers have had an answer. */
  readonly acknowledged: readonly string[];
  /** Ids of events, as the follower was given them. */
  readonly seen: readonly string[];
  /** The rows of the projection. */
  readonly rows: readonly { readonly accountId: string; readonly balance: number; readonly movements: number }[];
}

/** How a transfer can come to its end. */
const WAYS = [
  "TransferRequested MoneySent MoneyReceived TransferEnded",
  "TransferRequested MoneySent MoneyReturned TransferEnded",
  "TransferRequested TransferEnded",
];

/** Compares what was acknowledged, stored, followed and projected. */
export function count({ ledger, acknowledged, seen, rows }: Counted): Count {
  const unfinished = unfinishedTransfers(ledger);
  return {
    acknowledged: acknowledged.length,
    stored: ledger.commands.size,
    lost: acknowledged
      .filter((reference) => !ledger.commands.has(reference))
      .map((reference) => `command ${reference} was acknowledged and is not stored`),
    twice: [
      ...[...ledger.commands]
        .filter(([, times]) => times > 1)
        .map(([reference, times]) => `command ${reference} is stored ${times} times`),
      ...ledger.repeatedIds.map((id) => `event ${id} is stored more than once`),
      ...repeatedSteps(ledger),
    ],
    gaps: [...ledger.gaps, ...missedEvents(ledger.followed, seen)],
    behind: differingRows(ledger, rows),
    unfinished,
    transfers: ledger.transfers.size - unfinished.length,
  };
}

function repeatedSteps({ transfers }: Ledger): string[] {
  return [...transfers]
    .filter(([, steps]) => new Set(steps).size < steps.length)
    .map(([id, steps]) => `transfer ${id} has taken a step twice: ${steps.join(", ")}`);
}

function unfinishedTransfers({ transfers }: Ledger): string[] {
  return [...transfers]
    .filter(([, steps]) => !WAYS.includes(steps.join(" ")))
    .map(([id, steps]) => `transfer ${id} has come no further than ${steps.join(", ")}`);
}

/** The follower has to be given the followed events of the log, each once, in the order of the log. */
function missedEvents(followed: readonly string[], seen: readonly string[]): string[] {
  const inLog = new Set(followed);
  const given = new Set(seen);
  const faults = [
    ...followed.filter((id) => !given.has(id)).map((id) => `the follower was not given event ${id}`),
    ...seen.filter((id) => !inLog.has(id)).map((id) => `the follower was given event ${id}, which is not stored`),
  ];
  if (faults.length > 0) return faults;
  const index = seen.findIndex((id, at) => id !== followed[at]);
  return index === -1 ? [] : [`the follower was given event ${seen[index]} twice, or out of order`];
}

function differingRows({ accounts }: Ledger, rows: Counted["rows"]): string[] {
  const byId = new Map(rows.map((row) => [row.accountId, row]));
  const differing = [...accounts].flatMap(([id, { balance, movements }]) => {
    const row = byId.get(id);
    if (row === undefined) return [`account ${id} has no row`];
    if (row.balance === balance && row.movements === movements) return [];
    return [
      `the row of account ${id} says ${row.balance} after ${row.movements} movements, the log ${balance} after ${movements}`,
    ];
  });
  const strange = rows.filter(({ accountId }) => !accounts.has(accountId));
  return [
    ...differing,
    ...strange.map(({ accountId }) => `there is a row of account ${accountId}, which the log lacks`),
  ];
}
