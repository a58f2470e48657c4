// A server that does as opencode does, as far as a collector can see: a stream of events and an API that knows what the events
// have made of the sessions. A test says what happens, and whether anybody is told; connections can be cut and the server
// taken away and brought back.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";

type Value = Record<string, unknown>;
export type Event = { id?: string; type: string; properties: Value };

interface Session {
  info: Value;
  readonly messages: Map<string, { info: Value; readonly parts: Map<string, Value> }>;
  busy: boolean;
  /** By the clock: recordings are of long ago. */
  changed: number;
}

export interface ServerOptions {
  /** Older servers have a stream for one folder only. */
  readonly onlyOwn?: boolean;
  readonly password?: string;
  readonly directory?: string;
}

/** In the order of their ids, as a database has them. */
export const sorted = <T>(things: ReadonlyMap<string, T>): T[] => [...things].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, thing]) => thing);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export class FakeServer {
  readonly sessions = new Map<string, Session>();
  /** Requests answered, by path without ids. */
  readonly asked = new Map<string, number>();
  readonly #options: ServerOptions;
  readonly #streams = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  /** How long answers of the API take. */
  delayMs = 0;

  constructor(options: ServerOptions = {}) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How many are listening. */
  get listeners(): number {
    return this.#streams.size;
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Breaks all connections; the server stays. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#streams.clear();
  }

  /** Dies: whatever was at work is not any more, and nobody is told. */
  async close(): Promise<void> {
    for (const session of this.sessions.values()) session.busy = false;
    const closed = new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined));
    this.cut();
    await closed;
    this.#server = undefined;
  }

  /** Happens, and is told. */
  emit(...events: Event[]): void {
    for (const event of events) {
      this.miss(event);
      const envelope = this.#options.onlyOwn ? event : { directory: this.#options.directory ?? "/home/dev/project", payload: event };
      this.#send(JSON.stringify(envelope));
    }
  }

  /** Until all that was told is on its way. */
  async drained(): Promise<void> {
    while ([...this.#streams].some(({ writableLength }) => writableLength > 0)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Is told as it is, whatever it is. */
  raw(data: string): void {
    this.#send(data);
  }

  /** Happens, and nobody is told. */
  miss(...events: Event[]): void {
    for (const event of events) this.#apply(event);
  }

  #send(data: string): void {
    for (const stream of this.#streams) stream.write(`data: ${data}\n\n`);
  }

  #apply({ type, properties }: Event): void {
    const info = properties["info"] as Value | undefined;
    const part = properties["part"] as Value | undefined;
    const id = text(properties["sessionID"]) || text(info?.["sessionID"]) || text(part?.["sessionID"]) || text(info?.["id"]);
    if (id === "") return;
    const session = this.sessions.get(id) ?? { info: { id }, messages: new Map(), busy: false, changed: 0 };
    if (type === "session.deleted") {
      this.sessions.delete(id);
      return;
    }
    this.sessions.set(id, session);
    session.changed = Date.now();
    const message = (name: string): NonNullable<ReturnType<Session["messages"]["get"]>> => {
      const found = session.messages.get(name) ?? { info: { id: name, sessionID: id }, parts: new Map() };
      session.messages.set(name, found);
      return found;
    };
    if (type === "session.created" || type === "session.updated") session.info = info ?? session.info;
    else if (type === "message.updated") message(text(info?.["id"])).info = info as Value;
    else if (type === "message.part.updated") message(text(part?.["messageID"])).parts.set(text(part?.["id"]), part as Value);
    else if (type === "message.removed") session.messages.delete(text(properties["messageID"]));
    else if (type === "message.part.removed") session.messages.get(text(properties["messageID"]))?.parts.delete(text(properties["partID"]));
    else if (type === "session.idle") session.busy = false;
    else if (type === "session.status") session.busy = (properties["status"] as Value)["type"] !== "idle";
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const known = pathname.replace(/ses_[^/]+/, ":id");
    this.asked.set(known, (this.asked.get(known) ?? 0) + 1);
    const { password, onlyOwn } = this.#options;
    const word = password === undefined ? "" : `Basic ${Buffer.from(`opencode:${password}`).toString("base64")}`;
    if (word !== "" && request.headers.authorization !== word) return void response.writeHead(401).end();
    const page = (): void => void response.writeHead(200, { "content-type": "text/html" }).end("<html></html>");
    const json = (value: unknown, headers: Record<string, string> = {}): void =>
      void response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
    const nothing = (): void => void response.writeHead(404, { "content-type": "application/json" }).end('{"name":"NotFoundError"}');
    if (pathname === (onlyOwn ? "/event" : "/global/event")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      this.#streams.add(response);
      response.on("close", () => this.#streams.delete(response));
      const hello = { type: "server.connected", properties: {} };
      return void response.write(`data: ${JSON.stringify(onlyOwn ? hello : { payload: hello })}\n\n`);
    }
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const infos = [...this.sessions.values()]
      .map(({ info, changed }): Value => ({ ...info, time: { ...(info["time"] as Value), updated: changed } }))
      .sort((a, b) => updated(b) - updated(a));
    if (pathname === "/session") return json(infos);
    if (onlyOwn && pathname.startsWith("/experimental")) return page();
    const limit = Number(searchParams.get("limit") ?? Infinity);
    if (pathname === "/experimental/session") {
      const rest = infos.filter((info) => updated(info) < Number(searchParams.get("cursor") ?? Infinity));
      const last = rest[limit - 1];
      return json(rest.slice(0, limit), rest.length > limit && last !== undefined ? { "x-next-cursor": String(updated(last)) } : {});
    }
    if (pathname === "/session/status") {
      return json(Object.fromEntries([...this.sessions].filter(([, { busy }]) => busy).map(([id]) => [id, { type: "busy" }])));
    }
    const [, id = "", what] = /^\/session\/([^/]+)(\/message)?$/.exec(pathname) ?? [];
    const session = this.sessions.get(decodeURIComponent(id));
    if (session === undefined) return id === "" ? page() : nothing();
    if (what === undefined) return json(session.info);
    const messages = sorted(session.messages);
    const before = searchParams.get("before");
    const end = before === null ? messages.length : Number(before);
    const from = Math.max(0, end - limit);
    const shown = messages.slice(from, end).map(({ info, parts }) => ({ info, parts: sorted(parts) }));
    return json(shown, from > 0 ? { "x-next-cursor": String(from) } : {});
  }
}

function updated(info: Value): number {
  return Number((info["time"] as Value | undefined)?.["updated"] ?? 0);
}

export async function startServer(test: TestContext, options: ServerOptions = {}): Promise<FakeServer> {
  const server = new FakeServer(options);
  await server.open();
  test.after(() => server.close());
  return server;
}
