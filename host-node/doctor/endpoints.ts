// The network: whether each destination answers and takes what we would send, by which way, and what time it is there.

import { shownUrl } from "../exporter/destination.ts";
import type { Probe } from "../exporter/probe.ts";
import { count, type Finding, fail, type Look, ok, span, warn } from "./check.ts";

/** Said of a request without a span, these are about it being empty. */
const objections = new Set([400, 411, 422]);
const mostSkewMs = 300_000;

function judge({ destination, outcome, status, sentAt, answeredAt, proxy }: Probe): Finding {
  const { name } = destination;
  const url = shownUrl(destination);
  const way = proxy === undefined ? "" : ` through the proxy ${proxy}`;
  if (outcome.kind === "accepted") return ok(`${url} takes traces${way} (HTTP ${status}, ${answeredAt - sentAt} ms)`, name);
  if (objections.has(status)) return ok(`${url} is there${way}, and refuses an empty request (HTTP ${status})`, name);
  const says = status === 0 ? outcome.message : `${url}${way}: ${outcome.message}`;
  if (status === 401 || status === 403 || status === 407) return fail(says, "check the key or headers of the destination (spanloom config show), and that the variables that hold them are set where the agent starts", name);
  if (status === 404 || status === 405) return fail(says, "check the endpoint: /v1/traces is put behind a base address (endpoint), nothing behind a whole one (tracesEndpoint)", name);
  if (status === 415) return fail(says, "set protocol (http/json or http/protobuf) or compression (none) of the destination", name);
  if (status >= 500 || status === 429) return warn(says, "nothing is lost: what is sent now waits on the disk; ask whoever runs it", name);
  if (status !== 0) return fail(says, "check the endpoint of the destination (spanloom config show)", name);
  if (outcome.kind === "later") return fail(says, "check the address, the network and the proxy; until it answers, traces wait on the disk", name);
  return fail(says, "check the address and the certificates of the destination", name);
}

export async function checkEndpoints({ probes }: Look): Promise<Finding[]> {
  return (await probes()).map(judge);
}

/** A clock that is wrong puts spans where nobody looks for them, and ends certificates. */
export async function checkClock({ probes }: Look): Promise<Finding[]> {
  const skews = (await probes()).flatMap(({ destination, date, sentAt, answeredAt }) =>
    date === undefined ? [] : [{ url: shownUrl(destination), skew: (sentAt + answeredAt) / 2 - date }],
  );
  const worst = skews.sort((a, b) => Math.abs(b.skew) - Math.abs(a.skew))[0];
  if (worst === undefined) return [];
  if (Math.abs(worst.skew) <= mostSkewMs) return [ok(`agrees with ${count(skews.length, "endpoint")}`)];
  return [warn(`this clock is ${span(Math.abs(worst.skew))} ${worst.skew > 0 ? "ahead of" : "behind"} that of ${worst.url}: traces show up at other times, or are refused as too old`, "set the clock by the network (NTP)")];
}

const isHere = (url: string): boolean => /^(localhost|.*\.localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);

/** What leaves this machine, and whether anybody on the way could read it. */
export function checkContent({ targets, config }: Look): Finding[] {
  return targets.destinations.map(({ name, url, content, headers }) => {
    const what = content === "full" ? "prompts, answers, arguments and results are sent" : "no prompts, answers, arguments or results are sent";
    const open = url.startsWith("http:") && !isHere(url) && (content === "full" || Object.keys(headers).length > 0);
    if (open) return warn(`${what}, with ${count(Object.keys(headers).length, "header")}, over http, which whoever is on the way can read`, "use an https address", name);
    const origin = config.values.get("network")?.origin;
    return ok(`${what} (${content}${origin === "project" ? ", as this project asks" : ""})`, name);
  });
}
