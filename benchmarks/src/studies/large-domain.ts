import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { COMPILERS, type Compilation, checkTypes, compile } from "../large-domain/compilers";
import { writeApplication } from "../large-domain/generated-application";
import type { DomainSize } from "../large-domain/generated-shapes";
import { tidemarkSources, zodSources } from "../large-domain/generated-sources";
import { median } from "../program/median";
import { figure, printTable } from "../result-table";
import { inTemporaryFolder } from "../temporary-folder";

/** 2,000 events and as many commands. */
const SIZE: DomainSize = { aggregates: 200, messages: 10 };
const ROUNDS = 3;
const LOADS = 9;

const CONTENDERS = ["tidemark", "zod"] as const;
type Contender = (typeof CONTENDERS)[number];
type Samples = Readonly<Record<Contender, number[]>>;

/** What a large domain costs before its first command, beside the same classes with zod alone. */
export async function largeDomain(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const folders = { tidemark: join(folder, "tidemark"), zod: join(folder, "zod") };
    writeApplication(folders.tidemark, tidemarkSources(SIZE));
    writeApplication(folders.zod, zodSources(SIZE));
    const rows = Object.entries(COMPILERS).flatMap(([name, tsc]) => compilerRows(name, folders, tsc));
    for (const contender of CONTENDERS) compile(folders[contender]);
    rows.push(...startRows(folders));
    printTable(
      `${SIZE.aggregates} aggregates with ${SIZE.messages} events and ${SIZE.messages} commands each, beside the same shapes and classes with zod alone; median`,
      ["", "unit", "Tidemark", "zod", "ratio"],
      rows,
    );
  });
}

type Folders = Readonly<Record<Contender, string>>;

function compilerRows(name: string, folders: Folders, tsc: (typeof COMPILERS)[string]): string[][] {
  const checked: Readonly<Record<Contender, Compilation[]>> = { tidemark: [], zod: [] };
  inTurns(ROUNDS, (contender) => checked[contender].push(checkTypes(tsc, folders[contender])));
  const samples = (measure: keyof Compilation): Samples => ({
    tidemark: checked.tidemark.map((each) => each[measure]),
    zod: checked.zod.map((each) => each[measure]),
  });
  return [
    row(`${name}: tsc --noEmit`, "s", 1, samples("seconds")),
    row(`${name}: memory`, "MB", 0, samples("megabytes")),
    row(`${name}: instantiations`, "", 0, samples("instantiations")),
  ];
}

function startRows(folders: Folders): string[][] {
  const loads: Samples = { tidemark: [], zod: [] };
  const inits: number[] = [];
  inTurns(LOADS, (contender) => {
    const args = [join(__dirname, "../large-domain/load-application.js"), join(folders[contender], "dist/main.js")];
    const { load, init } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    loads[contender].push(load);
    if (contender === "tidemark") inits.push(init);
  });
  return [row("require", "ms", 0, loads), ["domain.init()", "ms", figure(median(inits), 0), "-", "-"]];
}

/** Every other round backwards, so that a slow minute of the machine meets both alike. */
function inTurns(rounds: number, measure: (contender: Contender) => void): void {
  for (let round = 0; round < rounds; round++)
    for (const contender of round % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed()) measure(contender);
}

function row(title: string, unit: string, decimals: number, { tidemark, zod }: Samples): string[] {
  const [ours, theirs] = [median(tidemark), median(zod)];
  return [title, unit, figure(ours, decimals), figure(theirs, decimals), figure(ours / theirs, 2)];
}
