import type { RecordedMessage } from "@tidemark/core/adapter";
import { checksumAfter } from "./checksums";
import { isDamage, isTooLong } from "./database-errors";
import type { Query } from "./drivers/database";
import type { EventStreams } from "./event-streams";

/** Parts two values: JSON writes no such character, so that other texts that hold it give more values than there are rows. */
const PARTING = "\x01";

/** Joined columns that are longer are read row by row, as fast by then. */
const LONGEST = 16_000_000;

const TEXTS = ["data", "metadata", "id", "type"];
const NUMBERS = ["stream_id", "position", "time", "global_position", "chain", "checksum"];

/**
 * Selects each column of all rows as one text, for `joinedMessages`: a driver makes ten values then in place of twelve a row, which takes
 * two thirds of the time. A text that is too long comes as NULL. The rows are those of a table or a join in which `e` is the log.
 */
export const JOINED_COLUMNS = [
  "count(*)",
  ...TEXTS.map((column) => unlessTooLong(`group_concat(e.${column}, char(${PARTING.charCodeAt(0)}))`)),
  ...NUMBERS.map((column) => `group_concat(e.${column})`),
].join(", ");

function unlessTooLong(text: string): string {
  return `CASE WHEN octet_length(${text}) <= ${LONGEST} THEN ${text} END`;
}

export type JoinedRow = readonly [count: number, ...columns: (string | null)[]];

/**
 * Reads messages that are joined, each proved by its checksum.
 * @returns undefined where a row is damaged or missing, or a column is too long: reading row by row tells.
 */
export function joinedMessages<Bound extends unknown[]>(
  query: Query<Bound, JoinedRow>,
  bound: Bound,
  streams: EventStreams,
): RecordedMessage[] | undefined {
  try {
    const [count, ...columns] = query.get(...bound)!;
    return count === 0 ? [] : messagesIn(count, columns, streams);
  } catch (error) {
    if (isTooLong(error) || isDamage(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @throws SyntaxError for a column of numbers with something else in it; DamagedTable */
function messagesIn(
  count: number,
  columns: readonly (string | null)[],
  streams: EventStreams,
): RecordedMessage[] | undefined {
  if (columns.some((column) => column === null)) return undefined;
  const [data, metadata, ids, types] = columns.slice(0, TEXTS.length).map((text) => text!.split(PARTING));
  const numbers = columns.slice(TEXTS.length).map((text): number[] => JSON.parse(`[${text}]`));
  if ([data, metadata, ids, types, ...numbers].some((values) => values!.length !== count)) return undefined;
  const [streamNumbers, positions, times, globalPositions, chains, checksums] = numbers;
  const messages: RecordedMessage[] = [];
  const names = new Map<string, string>();
  for (let row = 0; row < count; row++) {
    const { stream, category } = streams.named(streamNumbers![row]!);
    const message: RecordedMessage = {
      id: apart(ids![row]!),
      type: once(types![row]!, names),
      stream,
      category,
      position: positions![row]!,
      globalPosition: globalPositions![row]!,
      time: times![row]!,
      data: data![row]!,
      metadata: metadata![row]!,
    };
    if (checksumAfter(chains![row]!, message) !== checksums![row]) return undefined;
    messages.push(message);
  }
  return messages;
}

/** A part of a long text keeps the whole of it in memory, for as long as somebody keeps the part. Ids may be kept. */
function apart(part: string): string {
  return ` ${part}`.slice(1);
}

function once(part: string, known: Map<string, string>): string {
  const name = known.get(part);
  if (name !== undefined) return name;
  const made = apart(part);
  known.set(made, made);
  return made;
}
