// Values as they may be shown: what is or could be a secret is stars, whatever its length was.

import type { DestinationSetting } from "./destination.ts";
import { type Name, standardVariables } from "./schema.ts";

export const STARS = "***";

const telling = /key|token|secret|passw|auth|credential|cookie|session_?id/i;
/** Long words of a path are mostly keys. */
const keyLike = /^[0-9A-Za-z_+=~.-]{24,}$/;

const starred = (pairs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(pairs).map((name) => [name, STARS]));

/** An address without who asks, what is asked, and what looks like a key. */
export function maskedAddress(address: string): string {
  // A name and password can stand before a host without a scheme, too.
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address) || !URL.canParse(address)) return STARS;
  const { protocol, username, password, host, pathname, search } = new URL(address);
  const who = username || password ? `${STARS}@` : "";
  const path = pathname
    .split("/")
    .map((word) => (keyLike.test(word) ? STARS : word))
    .join("/");
  const bare = address.endsWith("/") || path !== "/" ? path : "";
  return `${protocol}//${who}${host}${bare}${search ? `?${STARS}` : ""}`;
}

export function maskedAttribute(name: string, value: string): string {
  return telling.test(name) ? STARS : value;
}

function maskedDestination(setting: DestinationSetting): Record<string, unknown> {
  const { values, headers, endpoint, tracesEndpoint, ...rest } = setting;
  return {
    ...rest,
    ...(endpoint !== undefined && { endpoint: maskedAddress(endpoint) }),
    ...(tracesEndpoint !== undefined && { tracesEndpoint: maskedAddress(tracesEndpoint) }),
    ...(values && { values: starred(values) }),
    ...(headers && { headers: starred(headers) }),
  };
}

/** The value of a setting as plain JSON. */
export function maskedValue(name: Name, value: unknown): unknown {
  if (name === "destinations") return (value as readonly DestinationSetting[]).map(maskedDestination);
  if (value instanceof Map)
    return Object.fromEntries(
      [...(value as Map<string, string>)].map(([key, text]) => [key, maskedAttribute(key, text)]),
    );
  return value;
}

/** `name=value` pairs of a variable; of headers every value is a secret. */
function maskedPairs(list: string, all: boolean): string {
  return list
    .split(",")
    .map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 0) return STARS;
      const name = pair.slice(0, equals);
      return `${name}=${all ? STARS : maskedAttribute(name, pair.slice(equals + 1))}`;
    })
    .join(",");
}

/** The standard variables that are set. */
export function* maskedVariables(
  env: Readonly<Record<string, string | undefined>>,
): Generator<readonly [name: string, value: string]> {
  for (const { name, holds } of standardVariables) {
    const value = env[name];
    if (value === undefined || value === "") continue;
    if (holds === "plain") yield [name, value];
    else yield [name, holds === "address" ? maskedAddress(value) : maskedPairs(value, name.endsWith("HEADERS"))];
  }
}
