import { rmSync } from "node:fs";
import { relative, resolve } from "node:path";

import { loadConfig } from "@tidemark/core/config";

import { type Printer, terminalPrinter } from "./printer";

interface Tour {
  readonly title: string;
  /** Runs the application and prints each step. */
  readonly run: (printer: Printer) => Promise<void>;
  /** Commands of the shell that the reader can try afterwards. */
  readonly commands: readonly string[];
}

/** Runs a tour on the event store that domain.toml names; an SQLite file is emptied first. */
export function show(tour: Tour): void {
  shown(tour).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}

async function shown({ title, run, commands }: Tour): Promise<void> {
  const file = sqliteFile();
  if (file !== undefined) for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });

  const printer = terminalPrinter(process.stdout);
  printer.line();
  printer.line(title);
  if (file !== undefined) printer.line(`It starts from an empty file each time: ${relative(process.cwd(), file)}`);
  printer.line();
  await run(printer);
  printer.line();
  for (const command of commands) printer.line(`  ${command}`);
  printer.line();
}

function sqliteFile(): string | undefined {
  const { eventStore, root } = loadConfig({ root: process.cwd() });
  const { path } = eventStore.settings;
  return eventStore.provider === "sqlite" && typeof path === "string" ? resolve(root, path) : undefined;
}
