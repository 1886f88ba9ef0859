// The messages of the WebSocket protocol `tidemark.v1`, as docs/live.yaml describes them.

export const SUBPROTOCOL = "tidemark.v1";

/** One record of a snapshot. */
export interface Item<T> {
  key: string;
  version: number;
  data: T;
}

/** A record has changed, or is not to be seen any more. */
export type Change<T> =
  { op: "upsert"; key: string; version: number; data: T } | { op: "remove"; key: string; version: number };

/** Where a subscription is: opaque, and of no meaning in another epoch. */
export interface Place {
  after: string;
  epoch: string;
}

/** What is wrong with a filter, and where. */
export interface WrongFilter {
  code: string;
  line: number;
  column: number;
}

/** Why the server has ended a subscription. */
export type ResetReason = "epoch" | "expired" | "slow" | "revoked" | (string & {});

export type Request =
  | { t: "auth"; id: number; token: string }
  | ({ t: "sub"; id: number; topic: string; filter?: string; state?: unknown } & Partial<Place>)
  | { t: "state"; id: number; state: unknown }
  | { t: "unsub"; id: number }
  | { t: "pong" };

export type Frame =
  | { t: "ready"; id: number; conn: string; ping: number; exp: number; limits: { subs: number; frame: number } }
  | { t: "snap"; id: number; items: Item<unknown>[]; last: boolean; pos: string }
  | { t: "subbed"; id: number; mode: "snapshot" | "resumed"; pos: string; epoch: string }
  | ({ t: "chg"; id: number; topic: string; prev: string; pos: string } & Change<unknown>)
  | { t: "reset"; id: number; why: ResetReason; retry: boolean }
  | { t: "err"; id: number | null; code: string; retry: boolean; detail: string; filter?: WrongFilter }
  | { t: "ping" };

/** Codes with which the server closes a connection. */
export const CLOSE = {
  /** Breaks the protocol, is binary, or too large. */
  protocol: [1002, 1003, 1009] as readonly number[],
  /** Not signed in, or not any more. */
  unauthenticated: 4401,
  /** Suspended or gone. */
  forbidden: 4403,
  /** Too many messages. */
  rate: 4429,
} as const;

/** A message of the server; undefined for what is none, or of a kind that a newer server has. */
export function parse(data: unknown): Frame | undefined {
  try {
    const frame: unknown = typeof data === "string" ? JSON.parse(data) : undefined;
    return typeof frame === "object" && frame !== null && "t" in frame ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}
