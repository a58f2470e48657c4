// A backend for tests: takes traces over OTLP/HTTP on loopback, keeps each request as it was read back, and answers as
// it is told, well or badly. Without an order it accepts.
//
// An order counts for one request, in the order they come in; `always` stands behind them. What a bad answer was given for
// is kept too, so that a test can count tries.

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { type OtlpSpan, readJson, readProto, type Request, spansOf } from "./otlp.ts";

export type Answer =
  /** 200, and if so said not at once. */
  | { kind: "accept"; afterMs?: number }
  /** 200 with a partial success. */
  | { kind: "partial"; rejectedSpans: number; message: string }
  /** A status; with a message as google.rpc.Status in the request's own encoding, or with a body as it is. */
  | { kind: "status"; status: number; message?: string; body?: string; headers?: Record<string, string> }
  /** A status before the request has been read, and the connection closed on what is still to come. */
  | { kind: "early"; status: number }
  /** Takes the request and says nothing. */
  | { kind: "hang" }
  /** Takes the request and closes the connection. */
  | { kind: "close" }
  /** 200 and a body that never ends: silent after its first bytes, or for ever more. */
  | { kind: "slow" }
  | { kind: "endless" }
  /** What is no HTTP. */
  | { kind: "garbage" };

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** The port it came from: one a connection. */
  readonly port: number;
  /** Bytes as they came, packed or not. */
  readonly length: number;
  readonly request: Request;
  readonly answered: Answer["kind"];
  /** Status that was answered, 0 for none. */
  readonly status: number;
}

export interface Sink {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly received: readonly Received[];
  /** The spans of what was accepted, in order. */
  accepted(): OtlpSpan[];
  /** Answers for the next requests. */
  next(...answers: Answer[]): void;
  /** The answer for all others: one, or one for each by what it holds. */
  always(answer: Answer | ((request: Request) => Answer)): void;
  close(): Promise<void>;
}

export interface SinkOptions {
  /** PEM files; with them it speaks TLS. A client's certificate is asked for if its authority is named. */
  readonly tls?: { readonly key: string; readonly certificate: string; readonly clientAuthority?: string };
  /** A certain port, in the place of any that is free. */
  readonly port?: number;
}

// opentelemetry-proto 1.x collector/trace/v1/trace_service.proto, and google/rpc/status.proto.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Response { Partial partial_success = 1; }
  message Partial { int64 rejected_spans = 1; string error_message = 2; }
  message Status { int32 code = 1; string message = 2; }
`);

function encoded(type: "Response" | "Status", message: object): Buffer {
  const of = root.lookupType(type);
  return Buffer.from(of.encode(of.fromObject(message)).finish());
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function statusOf(answer: Answer): number {
  if (answer.kind === "status" || answer.kind === "early") return answer.status;
  return ["accept", "partial", "slow", "endless"].includes(answer.kind) ? 200 : 0;
}

function reply(answer: Answer, contentType: string, response: ServerResponse): void {
  const isJson = contentType === "application/json";
  const end = (status: number, body: Buffer | string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { "content-type": contentType, ...headers }).end(body);
  };
  if (answer.kind === "accept") {
    const accept = (): void => end(200, isJson ? "{}" : "");
    if (answer.afterMs === undefined) accept();
    else setTimeout(accept, answer.afterMs);
  }
  else if (answer.kind === "partial") {
    const { rejectedSpans, message: errorMessage } = answer;
    const json = JSON.stringify({ partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } });
    end(200, isJson ? json : encoded("Response", { partialSuccess: { rejectedSpans, errorMessage } }));
  } else if (answer.kind === "status") {
    const { status, message, body, headers } = answer;
    if (message === undefined) end(status, body ?? "", headers);
    else end(status, isJson ? JSON.stringify({ code: 3, message }) : encoded("Status", { code: 3, message }), headers);
  } else if (answer.kind === "close") response.destroy();
  else if (answer.kind === "slow") response.writeHead(200, { "content-type": contentType }).write("{");
  else if (answer.kind === "endless") {
    response.writeHead(200, { "content-type": contentType });
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65536, " "))) continue;
    };
    response.on("drain", more);
    more();
  } else if (answer.kind === "garbage") response.socket?.end("SSH-2.0-OpenSSH_9.2\r\n");
}

export async function startSink({ tls, port = 0 }: SinkOptions = {}): Promise<Sink> {
  const received: Received[] = [];
  const orders: Answer[] = [];
  let always: Answer | ((request: Request) => Answer) = { kind: "accept" };
  const sockets = new Set<Socket>();

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const early = orders[0];
    if (early?.kind === "early") {
      orders.shift();
      response.writeHead(early.status, { connection: "close" }).end();
      response.socket?.destroySoon();
      return;
    }
    const body = await bodyOf(message);
    const contentType = message.headers["content-type"] ?? "";
    const plain = message.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    const request = contentType === "application/json" ? readJson([plain.toString("utf8")])[0]! : readProto(plain);
    const answer = orders.shift() ?? (typeof always === "function" ? always(request) : always);
    const { method = "", url: path = "", headers } = message;
    const port = message.socket.remotePort ?? 0;
    received.push({ method, path, headers, port, length: body.length, request, answered: answer.kind, status: statusOf(answer) });
    reply(answer, contentType, response);
  };
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    handle(message, response).catch((error: unknown) => {
      // Whoever sends what cannot be read is told so, as a backend would.
      if (!response.headersSent) response.writeHead(400).end(String(error));
    });
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createSecureServer(
          {
            key: readFileSync(tls.key),
            cert: readFileSync(tls.certificate),
            ...(tls.clientAuthority === undefined
              ? {}
              : { ca: readFileSync(tls.clientAuthority), requestCert: true, rejectUnauthorized: true }),
          },
          listener,
        );
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    accepted: () => spansOf(received.filter(({ status }) => status >= 200 && status < 300).map(({ request }) => request)),
    next: (...answers) => orders.push(...answers),
    always: (answer) => (always = answer),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
