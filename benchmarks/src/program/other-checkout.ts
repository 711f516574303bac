import { cpSync, existsSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

import { inTemporaryFolder } from "../temporary-folder";

const BENCHMARKS = join(__dirname, "../..");

/**
 * Gives `body` the program of these benchmarks for the packages of another checkout. It is a copy of this checkout's
 * program beside a link to the other's `node_modules`, so that both are measured by the same code.
 *
 * @throws Error when nothing is built there.
 */
export async function inOtherCheckout<T>(checkout: string, body: (program: string) => Promise<T>): Promise<T> {
  const modules = resolve(checkout, "node_modules");
  if (!existsSync(join(modules, "@tidemark/core/dist")))
    throw new Error(`There are no built packages in "${checkout}". Run npm ci and npm run build there.`);
  return await inTemporaryFolder(async (folder) => {
    for (const part of ["dist", "src", "package.json", "tsconfig.json"])
      cpSync(join(BENCHMARKS, part), join(folder, "benchmarks", part), { recursive: true });
    cpSync(join(BENCHMARKS, "../tsconfig.base.json"), join(folder, "tsconfig.base.json"));
    symlinkSync(modules, join(folder, "node_modules"), "junction");
    return await body(join(folder, "benchmarks/dist/program/perform-task.js"));
  });
}
