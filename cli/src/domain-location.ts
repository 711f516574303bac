import { existsSync } from "node:fs";

/** Where `--domain` points: a module, and which of its exports. */
export interface DomainLocation {
  readonly path: string;
  /** Absent: the only domain that the module exports. */
  readonly exportName?: string;
}

const PATH_AND_EXPORT = /^(?<path>.+):(?<exportName>[\p{ID_Start}$_][\p{ID_Continue}$]*)$/su;

/**
 * Splits `path:exportName`. The colon of a drive (`C:\bank.ts`) and those of a path that exists as it
 * stands belong to the path.
 */
export function parseDomainLocation(text: string): DomainLocation {
  const { path, exportName } = PATH_AND_EXPORT.exec(text)?.groups ?? {};
  if (path === undefined || exportName === undefined || isDrive(path) || existsSync(text)) return { path: text };
  return { path, exportName };
}

function isDrive(path: string): boolean {
  return process.platform === "win32" && /^[a-z]$/i.test(path);
}
