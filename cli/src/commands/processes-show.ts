import type { Domain, ProcessStatus, QueuedCommandStatus } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { grouped } from "../printing/quantities";
import { ago, fromNow } from "../printing/relative-time";
import { describeError } from "../printing/report-error";
import { chooseProcess, chooseProcessManager, type NamedProcess } from "../processes/chosen-process";
import { jsonOption, type Runtime } from "./declaration";

/** How many of its unfinished commands are printed. */
const COMMANDS = 20;

/** Declares `domain processes show <process> <id>`. */
export function declareProcessesShow(processes: Command, { io, end }: Runtime): void {
  processes
    .command("show")
    .description("print the state of one instance, its timers, and the commands that it waits for")
    .argument("<process>", "the process manager")
    .argument("<id>", "the id of the instance")
    .addOption(jsonOption())
    .action(async (process: string, id: string, _options, command: Command) =>
      end(await processesShow(io, { process, id }, command.optsWithGlobals())),
    );
}

async function processesShow(io: Io, named: NamedProcess, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const status = await chooseProcess(domain, named);
    const { state, unreadable } = await stateOf(domain, named);
    const states = ["waiting", "parked"] as const;
    const issued = await domain.commands({ issuedBy: named, states, limit: COMMANDS });
    if (options.json) await results.document({ ...status, state, unreadable, issued });
    else {
      const fields = fieldsOf(status, issued);
      if (unreadable !== null) fields.push(["unreadable", unreadable]);
      else if (state !== null) fields.push(["state", JSON.stringify(state, null, 2).split("\n")]);
      await results.line(fieldLines(fields).join("\n"));
    }
    return ExitStatus.done;
  });
}

interface ShownState {
  /** Null where the instance does not run, or its state cannot be read. */
  readonly state: object | null;
  /** Why it cannot be read. */
  readonly unreadable: string | null;
}

async function stateOf(domain: Domain, { process, id }: NamedProcess): Promise<ShownState> {
  try {
    const { state = null } = await domain.processOf(chooseProcessManager(domain, process), id);
    return { state, unreadable: null };
  } catch (error) {
    return { state: null, unreadable: describeError(error) };
  }
}

type Field = [title: string, value: string | readonly string[]];

function fieldsOf(status: ProcessStatus, issued: readonly QueuedCommandStatus[]): Field[] {
  const { process, id, stream, steps, startedAt, changedAt, endedAt, timers, waiting, commands, parked } = status;
  const now = Date.now();
  const fields: Field[] = [
    ["process", process],
    ["id", id],
    ["status", status.status],
    ["steps", grouped(steps)],
  ];
  if (startedAt !== undefined) fields.push(["started", ago(startedAt, now)]);
  fields.push(["changed", ago(changedAt, now)]);
  if (endedAt !== undefined) fields.push(["ended", ago(endedAt, now)]);
  if (waiting > 0) fields.push(["kept", `${grouped(waiting)} event(s), until it starts`]);
  if (timers.length > 0)
    fields.push(["timers", timers.map(({ name, dueAt }) => `${name}, due ${fromNow(dueAt, now)}`)]);
  if (commands > 0) fields.push(["commands", [...issued.map(commandLine), ...restOf(commands, issued.length)]]);
  if (parked !== undefined)
    fields.push(["set aside", [parked.message, `domain parked show ${process} ${id} prints more of it`]]);
  fields.push(["stream", stream]);
  return fields;
}

function commandLine({ type, id, state, error }: QueuedCommandStatus): string {
  return `${type} (${id}), ${state}${error === undefined ? "" : `: ${error.message}`}`;
}

function restOf(commands: number, shown: number): readonly string[] {
  return commands > shown ? [`and ${grouped(commands - shown)} more`] : [];
}
