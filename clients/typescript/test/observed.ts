// The real fetch and the real WebSocket, with a look at what goes through them, and faults on the way.

import type { WebSocketConstructor } from "@tidemark/client";

/** The global fetch, and the requests that went through it, such as `POST /v1/auth/refresh`. */
export function observedFetch(): { fetch: typeof fetch; requests: string[]; count(request: string): number } {
  const requests: string[] = [];
  return {
    requests,
    count: (request) => requests.filter((known) => known === request).length,
    fetch: (input, init) => {
      requests.push(`${init?.method ?? "GET"} ${new URL(String(input)).pathname}`);
      return fetch(input, init);
    },
  };
}

type Message = Record<string, unknown> & { t: string };

/** The global WebSocket; `lose` decides which messages of the server do not arrive. */
export function observedWebSocket(lose: (message: Message) => boolean = () => false): {
  webSocket: WebSocketConstructor;
  sent: Message[];
  received: Message[];
  closeCodes: number[];
  /** Calls with every message of the server. */
  onMessage(listener: () => void): () => void;
} {
  const sent: Message[] = [];
  const received: Message[] = [];
  const closeCodes: number[] = [];
  const listeners = new Set<() => void>();
  class Observed extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      super.addEventListener("close", ({ code }) => closeCodes.push(code));
      super.addEventListener("message", (event) => {
        const message = JSON.parse(String(event.data)) as Message;
        received.push(message);
        if (lose(message)) event.stopImmediatePropagation();
        for (const listener of [...listeners]) listener();
      });
    }

    override send(data: string): void {
      sent.push(JSON.parse(data) as Message);
      super.send(data);
    }
  }
  const onMessage = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return { webSocket: Observed, sent, received, closeCodes, onMessage };
}
