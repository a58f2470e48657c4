// One POST over Node's own client: kept-alive connections, a limit of time, a bounded reply, and a name for what failed.
//
// It judges no status and follows no redirect: credentials go to the address they were given for and to no other.
// Node's modules are loaded when something is sent, since most of the program never does.

import type { Agent, ClientRequest } from "node:http";
import packageJson from "../../package.json" with { type: "json" };
import { type Destination, shownUrl } from "./destination.ts";
import { agentThrough, type Proxy, proxyFor } from "./proxy.ts";

export interface Content {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly encoding: "gzip" | undefined;
}

export interface Reply {
  readonly status: number;
  /** In lower case; empty where none was given. */
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  /** The clock there, as it writes it. */
  readonly date: string | undefined;
  /** What came of it within the limits of time and size. */
  readonly body: Uint8Array;
}

/** No answer. `again`: another try may have one, as it may not where a certificate or a setting is wrong. */
export class PostError extends Error {
  override readonly name = "PostError";
  readonly again: boolean;
  /** All of the request had gone out: it may have been taken, and the answer lost. */
  unheard = false;
  constructor(message: string, again: boolean, cause?: unknown) {
    super(message, { cause });
    this.again = again;
  }
}

/** More than any message we show needs; the rest is not waited for. */
const replyAtMost = 65_536;
/** The status has said what counts: a reply that dawdles is cut here. */
const replyTimeMs = 2000;

interface Way {
  readonly agent: Agent;
  /** Nothing: there directly. */
  readonly proxy: Proxy | undefined;
  /** For the endpoint, never for the proxy. */
  readonly tls: Readonly<Record<string, Buffer>>;
}

const ways = new WeakMap<Destination, Way>();

async function wayTo(destination: Destination): Promise<Way> {
  const secure = destination.url.startsWith("https:");
  const tls = secure ? await tlsOptions(destination) : {};
  const kept = { keepAlive: true, maxSockets: 1 };
  const proxy = await proxyFor(destination.url);
  if (proxy !== undefined) {
    if (!proxy.isUsable) throw new PostError(`${proxy.shown}: is no http or https proxy, and the environment names it for ${shownUrl(destination)}`, false);
    return { agent: await agentThrough(proxy, secure, kept), proxy, tls };
  }
  const { Agent } = secure ? await import("node:https") : await import("node:http");
  return { agent: new Agent(kept), proxy, tls };
}

/**
 * Posts and answers the reply, whatever its status. Throws a PostError where there is none. `heard` is told the status as
 * soon as it is here: the rest of a reply may dawdle.
 */
export async function post(
  destination: Destination,
  content: Content,
  timeoutMs: number,
  heard: (status: number) => void = () => {},
): Promise<Reply> {
  const { request } = destination.url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const way = ways.get(destination) ?? (await wayTo(destination));
  ways.set(destination, way);
  const { agent, proxy, tls } = way;
  const headers: Record<string, string | number> = {
    "user-agent": `spanloom/${packageJson.version}`,
    ...destination.headers,
    "content-type": content.contentType,
    "content-length": content.body.length,
  };
  if (content.encoding !== undefined) headers["content-encoding"] = content.encoding;
  return new Promise((resolve, reject) => {
    let sent: ClientRequest;
    try {
      sent = request(destination.url, { ...tls, method: "POST", headers, agent });
    } catch (error) {
      // A header or a key that Node refuses, before anything is sent.
      reject(new PostError(`${shownUrl(destination)}: cannot be sent to: ${(error as Error).message}`, false, error));
      return;
    }
    let isOut = false;
    sent.on("finish", () => (isOut = true));
    const timer = setTimeout(() => {
      sent.destroy(new PostError(`${shownUrl(destination)}: no answer within ${seconds(timeoutMs)}`, true));
    }, timeoutMs);
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(Object.assign(named(error, destination, proxy), { unheard: isOut }));
    });
    // It may refuse the way, and its words are not the backend's.
    sent.on("proxyConnect", ({ statusCode: status = 200 }: { statusCode?: number }) => {
      if (proxy === undefined || status === 200) return;
      const why = status === 407 ? ": it wants a name and a password, as in http://name:password@host:port" : "";
      sent.destroy(new PostError(`${shownUrl(destination)}: the proxy ${proxy.shown} does not let us through (HTTP ${status})${why}`, status >= 500));
    });
    sent.on("response", (response) => {
      clearTimeout(timer);
      heard(response.statusCode ?? 0);
      const chunks: Buffer[] = [];
      let length = 0;
      // Whatever happens from here on, the status has been heard.
      const finish = (): void => {
        clearTimeout(dawdling);
        const { "content-type": type = "", "retry-after": retryAfter, location, date } = response.headers;
        const body = Buffer.concat(chunks).subarray(0, replyAtMost);
        resolve({ status: response.statusCode ?? 0, contentType: type.toLowerCase(), retryAfter, location, date, body });
        if (!response.complete) sent.destroy();
      };
      const dawdling = setTimeout(finish, Math.min(timeoutMs, replyTimeMs));
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > replyAtMost) finish();
      });
      response.on("end", finish).on("error", finish).on("close", finish);
    });
    sent.end(content.body);
  });
}

/** Closes the connections kept to a destination, so that the process can end. */
export function hangUp(destination: Destination): void {
  ways.get(destination)?.agent.destroy();
  ways.delete(destination);
}

async function tlsOptions({ tls = {} }: Destination): Promise<Record<string, Buffer>> {
  const { readFileSync } = await import("node:fs");
  const options: Record<string, Buffer> = {};
  for (const [option, path] of Object.entries({ ca: tls.certificate, key: tls.clientKey, cert: tls.clientCertificate })) {
    if (path === undefined) continue;
    try {
      options[option] = readFileSync(path);
    } catch (error) {
      throw new PostError(`${path}: cannot be read (${codeOf(error)})`, false, error);
    }
  }
  return options;
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | undefined)?.code ?? "unknown");

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

const lost: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host, or no network",
  EAI_AGAIN: "the host's name cannot be looked up now",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "the connection timed out",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

const certificate: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed; name it in OTEL_EXPORTER_OTLP_CERTIFICATE, or as certificate of the destination, to trust it",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not trusted here; name that in OTEL_EXPORTER_OTLP_CERTIFICATE, or as certificate of the destination",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not known here",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  CERT_HAS_EXPIRED: "its certificate has expired, or the clock here is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or the clock here is wrong",
  EPROTO: "it does not speak TLS as it should; is it http instead of https?",
};

function named(error: unknown, destination: Destination, proxy: Proxy | undefined): PostError {
  if (error instanceof PostError) return error;
  const [where, code] = [shownUrl(destination) + (proxy === undefined ? "" : ` through the proxy ${proxy.shown}`), codeOf(error)];
  const say = (what: string, again: boolean): PostError => new PostError(`${where}: ${what} (${code})`, again, error);
  if (code.startsWith("HPE_")) return say("it does not answer in HTTP/1.1; is it a gRPC port (4317) instead of HTTP (4318)?", false);
  if (lost[code] !== undefined) return say(lost[code], true);
  if (certificate[code] !== undefined) return say(`TLS failed: ${certificate[code]}`, false);
  if (/^(ERR_(TLS|SSL|OSSL)|CERT_|UNABLE_TO_|INVALID_|HOSTNAME_)/.test(code)) return say("TLS failed", false);
  return say(`not sent: ${error instanceof Error ? error.message : String(error)}`, true);
}
