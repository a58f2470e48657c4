// What the tests use of two receivers that come without types.

declare module "@elastic/mockotlpserver" {
  interface Traces {
    resourceSpans: { scopeSpans: { spans: { spanId: Uint8Array | string }[] }[] }[];
  }
  class MockOtlpServer {
    constructor(options: {
      services: "http"[];
      httpHostname: string;
      httpPort: number;
      logLevel: string;
      onTrace(traces: Traces): void;
    });
    readonly httpUrl: string;
    start(): Promise<void>;
    close(): Promise<void>;
  }
  const all: { MockOtlpServer: typeof MockOtlpServer };
  export default all;
}

declare module "@jnmetacode/tracelet" {
  import type { Server } from "node:http";
  export function startServer(options: { port: number; uiPort: number; open: boolean }): { ingest: Server; ui: Server };
}
