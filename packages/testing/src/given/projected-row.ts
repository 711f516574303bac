import type { Domain, ProjectionClass, ProjectionRoot } from "@tidemark/core";
import type { IsolatedDomain } from "@tidemark/core/testing";

/** Finds the row of a projection in an isolated domain, after all that happened there. */
export async function projectedRow<P extends ProjectionRoot>(
  { domain, isolated }: { readonly domain: Domain; readonly isolated: IsolatedDomain },
  projection: ProjectionClass<P>,
  key: string,
): Promise<{ readonly name: string; readonly row: P | undefined }> {
  await isolated.project(projection);
  const view = isolated.run(() => domain.viewOf(projection));
  return { name: `${JSON.stringify(key)} of ${projection.name}`, row: await view.find(key) };
}
