// A proxy for tests: tunnels and forwards to one place, whatever host it is asked for, and keeps what it was asked.

import { createServer, request, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

export interface Asked {
  readonly method: string;
  /** `host:port` of a tunnel, else the whole address. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
}

export interface Proxy {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** The status of every answer from now on; undefined: as a proxy should. */
  refuseWith(status: number | undefined): void;
  close(): Promise<void>;
}

/** `to` is the address of a server on loopback. */
export async function startProxy(to: string): Promise<Proxy> {
  const { hostname, port } = new URL(to);
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let refusal: number | undefined;
  const keep = ({ method = "", url: target = "", headers }: IncomingMessage): void => void asked.push({ method, target, headers });
  const server = createServer((message, response) => {
    keep(message);
    if (refusal !== undefined) return void response.writeHead(refusal).end();
    const { pathname } = new URL(message.url ?? "");
    const passed = request({ hostname, port, path: pathname, method: message.method, headers: message.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    message.pipe(passed);
  });
  server.on("connect", (message: IncomingMessage, socket: Socket, head: Buffer) => {
    keep(message);
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`);
    const there = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.write(head);
      there.pipe(socket).pipe(there);
    });
    for (const [one, other] of [[socket, there], [there, socket]] as const)
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refuseWith: (status) => void (refusal = status),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
