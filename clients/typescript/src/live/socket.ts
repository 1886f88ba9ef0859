// One WebSocket, from its opening to its end: who is signed in on it, and whether it is still alive.

import { TidemarkError } from "../error.js";
import type { WebSocketConstructor } from "../options.js";
import { Pace } from "./pace.js";
import { type Frame, parse, type Request, SUBPROTOCOL } from "./protocol.js";

/** The server must have said `ready` within this time. */
const READY_WITHIN = 15_000;
/** The server pings; when it has said nothing for so many of its pings, it is gone. */
const MISSED_PINGS = 2.4;
/** How the end of a connection is told that broke without a word. */
export const BROKEN = 1006;

export interface SocketEvents {
  onReady(): void;
  onFrame(frame: Frame): void;
  /** The last event. */
  onClose(code: number): void;
}

export class Socket {
  readonly #socket: WebSocket;
  readonly #events: SocketEvents;
  readonly #pace: Pace;
  #watch: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds without a word after which the server is gone. */
  #patience = READY_WITHIN;
  #largest = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(make: WebSocketConstructor, url: string, token: string, events: SocketEvents) {
    this.#events = events;
    this.#socket = new make(url, SUBPROTOCOL);
    this.#pace = new Pace((request) => this.#socket.send(JSON.stringify(request)));
    this.#socket.addEventListener("open", () => this.authenticate(token));
    this.#socket.addEventListener("message", ({ data }) => this.#heard(data));
    this.#socket.addEventListener("close", ({ code }) => this.#end(code));
    // A close event follows.
    this.#socket.addEventListener("error", () => undefined);
    this.#listen();
  }

  /** Signs in, or goes on with another token. */
  authenticate(token: string): void {
    this.send({ t: "auth", id: 0, token });
  }

  /** Refuses what the server would close the connection for. */
  send(request: Request): void {
    if (new TextEncoder().encode(JSON.stringify(request)).length > this.#largest) {
      throw new TidemarkError("The subscription is too large", { code: "frame_too_large" });
    }
    if (!this.#isOver && this.#socket.readyState === 1) this.#pace.push(request);
  }

  /** Ends it. */
  close(): void {
    this.#end(1000);
  }

  #heard(data: unknown): void {
    if (this.#isOver) return;
    const frame = parse(data);
    if (frame?.t === "ready") {
      this.#patience = frame.ping * 1000 * MISSED_PINGS;
      this.#largest = frame.limits.frame;
    }
    this.#listen();
    if (frame?.t === "ping") this.send({ t: "pong" });
    if (frame?.t === "ready") this.#events.onReady();
    else if (frame !== undefined) this.#events.onFrame(frame);
  }

  #listen(): void {
    clearTimeout(this.#watch);
    // Not by its close event: a peer that is gone does not answer the closing handshake.
    this.#watch = setTimeout(() => this.#end(BROKEN), this.#patience);
  }

  #end(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#watch);
    this.#pace.stop();
    this.#socket.close(1000);
    this.#events.onClose(code);
  }
}
