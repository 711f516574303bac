import { brandError, DomainError } from "./domain-error";

/** No aggregate has this id, or it did not exist at the requested version or time. */
export class ObjectNotFoundError extends DomainError {
  constructor(details: { aggregate: string; id: string; asked?: string; latestVersion?: number }) {
    const { aggregate, id, asked, latestVersion } = details;
    const where = asked === undefined ? "" : ` ${asked}`;
    const latest = latestVersion === undefined ? "" : `: its latest version is ${latestVersion}`;
    super(`There is no ${aggregate} with id ${JSON.stringify(id)}${where}${latest}`, {
      code: "OBJECT_NOT_FOUND",
      details,
    });
  }
}

brandError(ObjectNotFoundError, "ObjectNotFoundError", 404);
