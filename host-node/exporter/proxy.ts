// The proxy on the way to an address, as HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name it, in either case.
//
// The libraries are loaded where there is a proxy, and nowhere else.

/// <reference path="./proxy-from-env.d.ts" />

import type { Agent, AgentOptions } from "node:http";

export interface Proxy {
  readonly url: string;
  /** Without name and password. */
  readonly shown: string;
  /** False of one that speaks neither HTTP nor HTTPS. */
  readonly isUsable: boolean;
}

const variables = ["https_proxy", "http_proxy", "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);

/** A proxy would look for it on its own machine. */
function isHere({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Nothing: the way is direct. */
export async function proxyFor(address: string): Promise<Proxy | undefined> {
  const written = variables.map((name) => process.env[name] ?? "");
  if (written.every((value) => value === "") || isHere(new URL(address))) return undefined;
  const { getProxyForUrl } = await import("proxy-from-env");
  const found = getProxyForUrl(address);
  if (found === "") return undefined;
  // Before a bare host and port the library puts the scheme of the address; what everybody means is HTTP.
  const url = written.includes(found) ? found : found.replace(/^\w+:/, "http:");
  if (!URL.canParse(url)) return { url, shown: "the proxy of the environment", isUsable: false };
  const { protocol, host } = new URL(url);
  return { url, shown: `${protocol}//${host}`, isUsable: /^https?:$/.test(protocol) };
}

/** Through a tunnel to what speaks TLS, so that the proxy reads nothing; by way of the proxy to what does not. */
export async function agentThrough({ url }: Proxy, secure: boolean, options: AgentOptions): Promise<Agent> {
  if (secure) return new (await import("https-proxy-agent")).HttpsProxyAgent(url, options);
  return new (await import("http-proxy-agent")).HttpProxyAgent(url, options);
}
