import type { Place } from "../program/place";
import { openRegistrar } from "../registrars/open-registrar";
import type { Registrar, RegistrarOptions } from "../registrars/registrar";

/** Gives `body` the place's registrar and closes it afterwards. */
export async function withRegistrar<T>(
  place: Place,
  options: RegistrarOptions,
  body: (registrar: Registrar) => Promise<T>,
): Promise<T> {
  const registrar = await openRegistrar(place, options);
  try {
    return await body(registrar);
  } finally {
    await registrar.close();
  }
}
