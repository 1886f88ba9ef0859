// What a client is told when it is made.

import type { Stored, Storage } from "./auth/storage.js";

/** As `new WebSocket(url, protocol)`: the browser's, that of Node 22, or that of a package such as `ws`. */
export type WebSocketConstructor = new (url: string, protocol: string) => WebSocket;

export interface ClientOptions {
  /** Where the server is, such as `https://api.example.org`. */
  url: string;
  /** An API key, in the place of somebody who signs in. Live updates are not open to API keys. */
  apiKey?: string | undefined;
  /** Where the session is kept; in memory by default, so that it ends with the page. */
  storage?: Storage | undefined;
  /** Milliseconds for one attempt of a call; 30 s by default. */
  timeout?: number | undefined;
  /** How often a call is repeated that may be repeated; 4 by default. */
  retries?: number | undefined;
  /** The global one by default. */
  fetch?: typeof globalThis.fetch | undefined;
  /** The global one by default. Node before 22 has it with `--experimental-websocket` only. */
  webSocket?: WebSocketConstructor | undefined;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, also while it waits for another attempt. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for one attempt, in the place of the client's. */
  timeout?: number | undefined;
  /** In the place of the client's. */
  retries?: number | undefined;
}

/** What commands take beside that. */
export interface CommandOptions extends CallOptions {
  /** Names the command: a repeat under the same key is done once, for 24 hours. Each call makes its own by default. */
  idempotencyKey?: string | undefined;
}

/** What commands take that change something. */
export interface ChangeOptions extends CommandOptions {
  /** Refuses the change (412 `version_mismatch`) unless this is the version by then: a number, or something that has one. */
  ifMatch?: number | { version: number } | undefined;
}

/** What reads take. */
export interface ReadOptions extends CallOptions {
  /** A position that the answer must reflect, in addition to what this client has written itself. */
  after?: number | undefined;
}

export type { Stored, Storage };
