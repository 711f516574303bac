/** Says how two classes come to have one name: the end of a sentence. */
export const LOADED_TWICE = "a module was loaded twice, as through a link or from src and dist; import it by one path";

/** Returns the end of a sentence about a class that is not registered, although another class of its name is. */
export function twinHint(name: string, registered: readonly string[]): string {
  return registered.includes(name) ? `, but another class of that name is: ${LOADED_TWICE}` : "";
}
