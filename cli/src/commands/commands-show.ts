import type { QueuedCommandStatus } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { grouped } from "../printing/quantities";
import { ago, fromNow } from "../printing/relative-time";
import { valueInWords } from "../printing/value-in-words";
import { chooseCommand } from "../queued-commands/chosen-command";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain commands show <id>`. */
export function declareCommandsShow(commands: Command, { io, end }: Runtime): void {
  commands
    .command("show")
    .description("print one command of the queue: its data, what has caused it, and what has come of it")
    .argument("<id>", "the id of the command, as domain commands list prints it")
    .addOption(jsonOption())
    .action(async (id: string, _options, command: Command) =>
      end(await commandsShow(io, id, command.optsWithGlobals())),
    );
}

async function commandsShow(io: Io, id: string, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const status = await chooseCommand(domain, id);
    if (options.json) await results.document(status);
    else await results.line(fieldLines(fieldsOf(status, Date.now())).join("\n"));
    return ExitStatus.done;
  });
}

type Field = [title: string, value: string | readonly string[]];

function fieldsOf(status: QueuedCommandStatus, now: number): Field[] {
  const { id, type, lane, priority, dueAt, expiresAt, attempts, issuedBy, scheduledAs, idempotencyKey } = status;
  const { command, metadata, result, error, by, reason, finishedAt } = status;
  const fields: Field[] = [
    ["id", id],
    ["command", type],
    ["state", EXPLAINED[status.state](status)],
    ["lane", lane],
  ];
  if (priority !== 0) fields.push(["priority", grouped(priority)]);
  fields.push(["due", fromNow(dueAt, now)]);
  if (expiresAt !== undefined) fields.push(["deadline", fromNow(expiresAt, now)]);
  if (finishedAt !== undefined) fields.push(["finished", ago(finishedAt, now)]);
  fields.push(["attempts", `${grouped(attempts)} failed`]);
  if (issuedBy !== undefined) fields.push(["issued by", `${issuedBy.process} ${issuedBy.id}`]);
  if (scheduledAs !== undefined) fields.push(["scheduled as", scheduledAs]);
  if (idempotencyKey !== undefined) fields.push(["key", idempotencyKey]);
  if (error !== undefined) fields.push(["error", `${error.name}: ${error.message}`]);
  if (by !== undefined || reason !== undefined) fields.push(["asked", [by, reason].filter(Boolean).join(": ")]);
  if (result !== undefined) fields.push(["result", valueInWords(result)]);
  fields.push(["data", JSON.stringify(command, null, 2).split("\n")], ["metadata", JSON.stringify(metadata)]);
  return fields;
}

const EXPLAINED: Readonly<Record<QueuedCommandStatus["state"], (status: QueuedCommandStatus) => string>> = {
  waiting: ({ issuedBy }) =>
    issuedBy === undefined
      ? "waiting: until it is due, and a server has room for it"
      : "waiting: until it is due, those before it are finished, and a server has room for it",
  running: ({ worker }) => `running: worker ${worker} has it`,
  parked: ({ id }) => `parked: correct the cause, then domain commands retry ${id}`,
  done: () => "done",
  refused: () => "refused: the domain does not allow it",
  expired: () => "expired: its deadline had passed before it was carried out",
  cancelled: () => "cancelled",
};
