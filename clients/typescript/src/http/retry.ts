// Which calls are repeated: only those whose repeat is harmless, not for ever, and not all clients at once.

import { fullJitter } from "../backoff.js";
import { TidemarkError } from "../error.js";

/** What a repeat of a request may do. */
export type Repeat =
  /** Nothing: it reads, or the server knows a repeat by its key. */
  | "harmless"
  /** It might be done twice, so that it is repeated only where the server says that nothing was done. */
  | "risky";

const FIRST_WAIT = 200;
const LONGEST_WAIT = 5_000;
/** Whoever calls decides about longer ones: a person may be waiting. */
const LONGEST_RETRY_AFTER = 10_000;

/** 503 that a repeat does not change until somebody has repaired something. */
const LASTING = "projection_parked";
/** 503 by which the server says that it has not begun. */
const NOT_DONE = new Set(["overloaded", "unavailable", "projection_lag"]);

/** Milliseconds to wait before the next attempt; undefined when there should be none. */
export function waitBefore(attempt: number, repeat: Repeat, error: unknown): number | undefined {
  if (!(error instanceof TidemarkError) || !isWorthwhile(repeat, error)) return undefined;
  const asked = error.retryAfter ?? 0;
  if (asked > LONGEST_RETRY_AFTER) return undefined;
  return asked + fullJitter(attempt, FIRST_WAIT, LONGEST_WAIT);
}

function isWorthwhile(repeat: Repeat, { code, status }: TidemarkError): boolean {
  switch (status) {
    case 429:
      // A person has to see that guesses are slowed down.
      return code === "rate_limited";
    case 503:
      return code !== LASTING && (repeat === "harmless" || NOT_DONE.has(code));
    case 409:
      return code === "idempotency_in_flight";
    // No answer, or a proxy's that got none.
    case 0:
    case 502:
    case 504:
      return repeat === "harmless" && code !== "signed_out";
    default:
      return false;
  }
}
