import { DomainError } from "@tidemark/core";

/** The account has another version than the one that the client saw. */
export class PreconditionFailed extends DomainError {
  override readonly statusCode = 412;

  constructor(version: number) {
    super(`If-Match names another version; the present one is ${etagOf(version)}`, {
      code: "PRECONDITION_FAILED",
      details: { version },
    });
  }
}

/** The client has to say which version it saw. */
class PreconditionRequired extends DomainError {
  override readonly statusCode = 428;

  constructor() {
    super("Send If-Match with the ETag of the version that the change is based on", { code: "PRECONDITION_REQUIRED" });
  }
}

/** A version as an entity tag: `"3"`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The versions that `If-Match` allows; undefined where any will do. A weak tag matches none, as RFC 9110 has it. */
export function versionsIn(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  return Array.from(ifMatch.matchAll(/(W\/)?"([^"]*)"/g))
    .filter(([, weak, tag]) => weak === undefined && /^\d+$/.test(tag ?? ""))
    .map(([, , tag]) => Number(tag));
}

/** The same for a change that no client may make blindly. */
export function requiredVersionsIn(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined) throw new PreconditionRequired();
  return versionsIn(ifMatch);
}

/** Whether a client that sends `If-None-Match` has this version already. */
export function isKnown(version: number, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etagOf(version));
}
