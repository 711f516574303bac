const DEFAULT_PORT = 5432;
const HIGHEST_PORT = 65_535;
/** A name or an address, with a port or without. An IPv6 address has brackets, which tell its colons from the port's. */
const ENTRY = /^([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d+))?$/;
/** Stands in a url for the host that it lacks: with a user and without a host it would be no url. */
const NO_HOST = "no-host.invalid";

/** Where a server listens. */
export interface Host {
  /** A name or an address; an IPv6 address in brackets. */
  readonly name: string;
  readonly port: number;
}

/** `db1:5432` */
export function hostText({ name, port }: Host): string {
  return `${name}:${port}`;
}

/**
 * Describes what is wrong with the option `hosts`; undefined where nothing is. No entry is repeated that could hold a password.
 *
 * @param url the option beside it, which is a url once it has a host.
 */
export function hostsFault(entries: readonly string[], url: string): string | undefined {
  if (entries.length === 0)
    return "its hosts are empty; name at least one, or leave them out and name the host in the url";
  const faults = entries.map((entry, index) => entryFault(entry, index));
  return faults.find((fault) => fault !== undefined) ?? duplicateFault(entries) ?? urlHostFault(entries, url);
}

/** @param entries without fault. */
export function hostsOf(entries: readonly string[]): readonly Host[] {
  return entries.map((entry) => {
    const [, name, port] = ENTRY.exec(entry.trim())!;
    return { name: name!.toLowerCase(), port: Number(port ?? DEFAULT_PORT) };
  });
}

/** Gives a url a host where it has none, so that it can be parsed. */
export function completeUrl(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?=[/?#]|$)/, `$1${NO_HOST}`);
}

/** The url with another host in it. */
export function urlAt(url: string, { name, port }: Host): string {
  const changed = new URL(completeUrl(url));
  changed.hostname = name;
  changed.port = String(port);
  return changed.toString();
}

function entryFault(entry: string, index: number): string | undefined {
  const [found, , port] = ENTRY.exec(entry.trim()) ?? [];
  if (found === undefined) return `number ${index + 1} of its hosts must look like "db1:5432" or "[::1]:5432"`;
  const isPort = port === undefined || (Number(port) >= 1 && Number(port) <= HIGHEST_PORT);
  return isPort ? undefined : `its host "${found}" must have a port from 1 to ${HIGHEST_PORT}`;
}

function duplicateFault(entries: readonly string[]): string | undefined {
  const texts = hostsOf(entries).map(hostText);
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  return twice === undefined ? undefined : `its hosts name "${twice}" twice`;
}

/** One of the two would be ignored, and nobody could tell which. */
function urlHostFault(entries: readonly string[], url: string): string | undefined {
  const { hostname, port, searchParams } = new URL(completeUrl(url));
  for (const parameter of ["host", "port"]) {
    if (searchParams.has(parameter))
      return `its url has the parameter "${parameter}", beside hosts; leave it out of the url`;
  }
  if (hostname === NO_HOST) return undefined;
  const isAmong = hostsOf(entries).some(
    (host) => host.name === hostname.toLowerCase() && (port === "" || host.port === Number(port)),
  );
  if (isAmong) return undefined;
  const named = port === "" ? hostname : `${hostname}:${port}`;
  return `its url names the host "${named}", which is not among its hosts; leave it out of the url ("postgres://user@/database"), or add it to them`;
}
