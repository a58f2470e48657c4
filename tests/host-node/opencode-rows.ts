// Rows of opencode that tests write themselves: events as a server says them, and the records in them. Ids begin with the
// time they were made at, as the client's do.

import { idAt as idOf } from "../support/opencode-records.ts";

const began = 1_795_000_000_000;

/** Milliseconds since 1970, `n` after the first. */
export const ms = (n: number): number => began + n;

/** An id of that time. */
export const idAt = (prefix: string, n: number, count = 0): string => idOf(prefix, ms(n), count);

export type Data = Record<string, unknown>;

export const event = (n: number, type: string, properties: Data, count = 0): Data => ({ id: idAt("evt", n, count), type, properties });

export const sessionInfo = (id: string, n: number, more: Data = {}): Data => ({
  id,
  version: "1.18.33",
  directory: "/tmp/work",
  title: "New session - 2026",
  time: { created: ms(n), updated: ms(n) },
  ...more,
});

export const user = (sessionID: string, n: number, more: Data = {}): Data => ({ id: idAt("msg", n), sessionID, role: "user", time: { created: ms(n) }, ...more });

export const assistant = (sessionID: string, n: number, parentID: string, more: Data = {}): Data => ({
  id: idAt("msg", n),
  sessionID,
  role: "assistant",
  parentID,
  modelID: "m",
  providerID: "p",
  time: { created: ms(n) },
  tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
  ...more,
});

/** A part of a message. */
export const part = (message: Data, n: number, body: Data): Data => ({ id: idAt("prt", n), sessionID: message["sessionID"], messageID: message["id"], ...body });

export const wrote = {
  session: (n: number, info: Data, type = "session.updated"): Data => event(n, type, { info }, 1),
  message: (n: number, info: Data): Data => event(n, "message.updated", { info }, 2),
  part: (n: number, body: Data): Data => event(n, "message.part.updated", { part: body }, 3),
};

export const exported = (info: Data, messages: [Data, Data[]][]): string =>
  `${JSON.stringify({ info, messages: messages.map(([own, parts]) => ({ info: own, parts })) }, null, 2)}\n`;

/** An event stream in which a first answer was aborted, by a client that writes down who did it and how its title came about. */
export function abortedRows(abort: Data = { source: "client", reason: "soft_cancel", mode: "soft" }, diagnostics: Data = {}): Data[] {
  const session = sessionInfo("ses_aborted", 0);
  const asked = user("ses_aborted", 10);
  const error = { name: "MessageAbortedError", data: { message: "aborted" } };
  const running = assistant("ses_aborted", 20, idAt("msg", 10));
  const over = { ...running, error, time: { created: ms(20), completed: ms(60) }, diagnostics: { abort, ...diagnostics } };
  return [
    event(0, "server.connected", { version: "1.18.40" }),
    wrote.session(0, session, "session.created"),
    wrote.message(10, asked),
    wrote.part(11, part(asked, 11, { type: "text", text: "Go." })),
    wrote.message(20, running),
    wrote.part(21, part(running, 21, { type: "step-start" })),
    wrote.part(22, part(running, 22, { type: "flux-marker" })),
    event(50, "session.error", { sessionID: "ses_aborted", error }),
    wrote.message(60, over),
    event(61, "weather.changed", {}),
    event(62, "session.next.retried", { sessionID: "ses_aborted" }),
  ];
}

/** A fork whose origin is nowhere: its messages are older than it is. */
export function forkAlone(): string {
  const session = sessionInfo("ses_fork", 5000, { title: "Something (fork #1)" });
  const asked = { ...user("ses_fork", 5010), time: { created: ms(10) } };
  return exported(session, [[asked, [part(asked, 5011, { type: "text", text: "Go." })]]]);
}
