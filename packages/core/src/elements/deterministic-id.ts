import { hash } from "node:crypto";

/** Makes a UUID (version 8) of some texts: the same of the same texts, in every process. */
export function deterministicId(...parts: readonly string[]): string {
  const hex = hash("sha256", JSON.stringify(parts), "hex");
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
