import type { RecordedEvent } from "@tidemark/core";

import { printable } from "../printing/printable";

/** Returns an event as one line, for output in which events arrive one by one. */
export function eventLine({ time, type, stream, position, data }: RecordedEvent): string {
  return printable(`${time.toISOString()}  ${type}  ${stream} at ${position}  ${JSON.stringify(data)}`);
}
