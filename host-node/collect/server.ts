// What is asked of a running opencode: its stream of events, and what it knows of its sessions. Older servers lack some of
// it; an address they do not know is answered with a page for people, so the content type tells.

export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(
    /** 0: no answer. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Listed {
  readonly id: string;
  readonly info: Readonly<Record<string, unknown>>;
}

export interface Listing {
  readonly sessions: readonly Listed[];
  /** All there are, in every folder; else those of the server's own. */
  readonly complete: boolean;
}

export type Message = Readonly<{ info: Readonly<Record<string, unknown>>; parts: readonly Readonly<Record<string, unknown>>[] }>;

const answerMs = 20_000;
const page = 1000;
const messagesAtOnce = 100;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

export class Server {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  /** The password is the one the server was started with; one in the address comes first. */
  constructor(url: URL, password: string, user: string) {
    const base = new URL(url);
    const [name, word] = base.password === "" ? [user, password] : [decodeURIComponent(base.username), decodeURIComponent(base.password)];
    // Over the bytes of UTF-8: btoa knows Latin-1 alone.
    this.#headers = word === "" ? {} : { authorization: `Basic ${Buffer.from(`${name || "opencode"}:${word}`).toString("base64")}` };
    [base.username, base.password] = ["", ""];
    this.#base = base.href.replace(/\/+$/, "");
  }

  /** Opens the stream of all folders; of a server that has none, that of its own. */
  async stream(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    for (const path of ["/global/event", "/event"]) {
      const response = await this.#fetch(path, signal, { accept: "text/event-stream" });
      const isStream = response.ok && (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
      if (isStream && response.body !== null) return response.body;
      await response.body?.cancel();
      if (!response.ok && response.status !== 404) throw new ServerError(response.status, `answered ${response.status}`);
    }
    throw new ServerError(404, "has no stream of events: is it opencode?");
  }

  /** What it has, newest first. */
  async sessions(signal: AbortSignal, limit = Infinity): Promise<Listing> {
    const sessions = new Map<string, Listed>();
    const add = (list: unknown): number => {
      const before = sessions.size;
      for (const info of Array.isArray(list) ? list : []) if (isObject(info) && typeof info["id"] === "string") sessions.set(info["id"], { id: info["id"], info });
      return sessions.size - before;
    };
    let cursor = "";
    for (;;) {
      const asked = Math.min(limit, page);
      const found = await this.#json(`/experimental/session?archived=true&limit=${asked}${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`, signal);
      if (found === undefined) break;
      const added = add(found.value);
      cursor = found.next;
      if (cursor === "" || added === 0 || sessions.size >= limit) return { sessions: [...sessions.values()], complete: true };
    }
    add((await this.#json("/session", signal))?.value);
    return { sessions: [...sessions.values()], complete: false };
  }

  /** Nothing if there is no such session. */
  async session(id: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined> {
    const value = (await this.#json(`/session/${encodeURIComponent(id)}`, signal))?.value;
    return isObject(value) && value["id"] === id ? value : undefined;
  }

  /** Its messages, a page at a time, the newest page first. */
  async *messages(id: string, signal: AbortSignal): AsyncGenerator<Message[]> {
    let before = "";
    for (;;) {
      const query = `limit=${messagesAtOnce}${before === "" ? "" : `&before=${encodeURIComponent(before)}`}`;
      const found = await this.#json(`/session/${encodeURIComponent(id)}/message?${query}`, signal);
      const list = Array.isArray(found?.value) ? (found.value as unknown[]) : [];
      yield list.filter((each): each is Message => isObject(each) && isObject(each["info"]) && Array.isArray(each["parts"]));
      if (found === undefined || found.next === "" || found.next === before || list.length === 0) return;
      before = found.next;
    }
  }

  /** Whether it is at work on a session; nothing if it does not say. */
  async isBusy(id: string, directory: string, signal: AbortSignal): Promise<boolean | undefined> {
    const query = directory === "" ? "" : `?directory=${encodeURIComponent(directory)}`;
    const value = (await this.#json(`/session/status${query}`, signal))?.value;
    if (!isObject(value)) return undefined;
    const status = value[id];
    return isObject(status) && status["type"] !== "idle";
  }

  /** Nothing for what is not there, and for what is no JSON. */
  async #json(path: string, signal: AbortSignal): Promise<{ value: unknown; next: string } | undefined> {
    const response = await this.#fetch(path, AbortSignal.any([signal, AbortSignal.timeout(answerMs)]), { accept: "application/json" });
    const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
    if (response.ok && isJson) return { value: await response.json(), next: response.headers.get("x-next-cursor") ?? "" };
    await response.body?.cancel();
    if (response.ok || response.status === 404) return undefined;
    throw new ServerError(response.status, `answered ${response.status} to ${path.replace(/\?.*/, "")}`);
  }

  async #fetch(path: string, signal: AbortSignal, headers: Record<string, string>): Promise<Response> {
    try {
      return await fetch(this.#base + path, { headers: { ...this.#headers, ...headers }, signal });
    } catch (error) {
      if (signal.aborted && !(signal.reason instanceof Error && signal.reason.name === "TimeoutError")) throw error;
      const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
      throw new ServerError(0, cause?.code ?? (error instanceof Error ? error.message : String(error)));
    }
  }
}
