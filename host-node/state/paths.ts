// Where Spanloom keeps what is its own: settings, traces, and what it has to remember. It looks at nothing on the disk.
//
// The folders are those of the XDG Base Directory specification, on every system; SPANLOOM_HOME puts all three under one.

import { isAbsolute, join } from "node:path";

export interface Places {
  /** What a person sets. */
  readonly config: string;
  /** What a person wants to keep: traces. */
  readonly data: string;
  /** What can be lost at the price of doing work again. */
  readonly state: string;
}

/** What the environment says leaves no place for the folders. */
export class PlacesError extends Error {
  override readonly name = "PlacesError";
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a PlacesError where there is neither a home nor a word about the folders. */
export function places(env: Environment): Places {
  const own = env.SPANLOOM_HOME ?? "";
  if (own !== "") {
    // A hook runs wherever its session does: a relative path would be another folder each time.
    if (!isAbsolute(own)) throw new PlacesError("SPANLOOM_HOME: must be an absolute path");
    return { config: join(own, "config"), data: join(own, "data"), state: join(own, "state") };
  }
  const folder = (variable: string, ...below: readonly string[]): string => {
    const value = env[variable] ?? "";
    // The specification: a relative path in one of these is invalid and to be ignored.
    if (isAbsolute(value)) return join(value, "spanloom");
    const home = env.HOME || env.USERPROFILE || "";
    if (!isAbsolute(home)) throw new PlacesError("HOME: no home folder is named; set it, or SPANLOOM_HOME");
    return join(home, ...below, "spanloom");
  };
  return {
    config: folder("XDG_CONFIG_HOME", ".config"),
    data: folder("XDG_DATA_HOME", ".local", "share"),
    state: folder("XDG_STATE_HOME", ".local", "state"),
  };
}

/** Session ids come from outside and become names of files. */
export function isSessionId(id: string): boolean {
  return /^[0-9A-Za-z_-]{1,128}$/.test(id);
}

/** A destination's id as the name of its file or folder; it is made by this program, so a wrong one is a mistake in it. */
export function destinationName(id: string): string {
  if (!/^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/.test(id)) throw new TypeError(`not fit to name a file: ${id}`);
  return id;
}
