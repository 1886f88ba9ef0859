// Messages to the server, no faster than it takes them: it closes the connection of whoever sends too many.

import type { Request } from "./protocol.js";

/** A little below the server's limits: 80 messages at once, and 20 a second in the long run. */
const AT_ONCE = 70;
const A_SECOND = 18;

/** Sends at once while that is allowed, and the rest in order when it is. */
export class Pace {
  readonly #send: (request: Request) => void;
  #waiting: Request[] = [];
  #allowed = AT_ONCE;
  #at = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (request: Request) => void) {
    this.#send = send;
  }

  push(request: Request): void {
    const before = this.#waiting.length;
    // What was not asked for yet need not be left.
    if (request.t === "unsub") {
      this.#waiting = this.#waiting.filter((waiting) => waiting.t !== "sub" || waiting.id !== request.id);
    }
    if (this.#waiting.length === before) this.#waiting.push(request);
    this.#flush();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #flush(): void {
    const now = Date.now();
    this.#allowed = Math.min(AT_ONCE, this.#allowed + (Math.max(0, now - this.#at) * A_SECOND) / 1000);
    this.#at = now;
    while (this.#allowed >= 1) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#allowed -= 1;
      this.#send(next);
    }
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#flush(), 1000 / A_SECOND);
  }
}
