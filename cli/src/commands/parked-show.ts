import type { ParkedKeyStatus } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { chooseParked, type NamedKey } from "../parked/choose-parked";
import { type FailedEvent, failedEventOf } from "../parked/failed-event";
import { parkedDocument } from "../parked/parked-document";
import { fieldLines } from "../printing/field-lines";
import { duration, grouped } from "../printing/quantities";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain parked show <subscription> <key>`. */
export function declareParkedShow(parked: Command, { io, end }: Runtime): void {
  parked
    .command("show")
    .description("print why a key is set aside: its error, the event, and how many later events wait")
    .argument("<subscription>", "the projection, event handler or process manager")
    .argument("<key>", "the key, as domain parked list prints it")
    .addOption(jsonOption())
    .action(async (subscription: string, key: string, _options, command: Command) =>
      end(await parkedShow(io, { subscription, key }, command.optsWithGlobals())),
    );
}

async function parkedShow(io: Io, named: NamedKey, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const parked = await chooseParked(domain, named);
    const event = await failedEventOf(domain, parked);
    const later = await domain.waitingEvents(named);
    if (options.json) await results.document({ ...parkedDocument(parked), ...event, laterEvents: later });
    else await results.line(fieldLines(fieldsOf(parked, event, later)).join("\n"));
    return ExitStatus.done;
  });
}

type Field = [title: string, value: string | readonly string[]];

function fieldsOf(parked: ParkedKeyStatus, { event, text, unreadable }: FailedEvent, later: number): Field[] {
  const { subscription, key, error, place, type, stream, position, attempts, parkedAt, by, reason } = parked;
  const fields: Field[] = [
    ["subscription", subscription],
    ["key", key],
    ["state", stateOf(parked)],
    ["error", `${error.name}: ${error.message}`],
    ["class", parked.class],
    ["place", place],
  ];
  if (by !== undefined || reason !== undefined) fields.push(["asked", [by, reason].filter(Boolean).join(": ")]);
  fields.push(
    ["attempts", grouped(attempts)],
    ["set aside", `${parkedAt.toISOString()}, ${duration(Date.now() - parkedAt.getTime())} ago`],
    ["later events", later === 0 ? "none" : `${grouped(later)} wait`],
    ["event", `${type}, global position ${position}`],
    ["stream", event === null ? stream : `${stream}, position ${event.position}`],
  );
  if (event !== null) {
    fields.push(["time", event.time.toISOString()], ["payload", JSON.stringify(event.data, null, 2).split("\n")]);
    fields.push(["metadata", JSON.stringify(event.metadata)]);
  } else if (text !== null) fields.push(["raw payload", text.data], ["raw metadata", text.metadata]);
  if (unreadable !== null) fields.push(["unreadable", unreadable]);
  return fields;
}

function stateOf({ state, dueAt }: ParkedKeyStatus): string {
  if (state !== "waiting" || dueAt === undefined) return state;
  const left = dueAt.getTime() - Date.now();
  return left <= 0 ? "waiting: it is tried again now" : `waiting: it is tried again in ${duration(left)}`;
}
