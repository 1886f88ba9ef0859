// One subscription: what is known of it, over all the connections that serve it one after another.

import { fullJitter } from "../backoff.js";
import { TidemarkError } from "../error.js";
import { guarded } from "../listeners.js";
import type { Change, Frame, Item, Place, Request, ResetReason } from "./protocol.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
/** One that lasts for so long has begun well. */
const SETTLED = 5_000;

/** Why a subscription is not what it was. */
export interface Reset {
  why: ResetReason | "signed_out";
  /** Whether it goes on by itself: by what was missed, or by a new snapshot. Otherwise it is over. */
  retry: boolean;
}

/** Who is told of what. What these throw surfaces as an uncaught error, and the subscription goes on. */
export interface SubscribeOptions<T> {
  /** A condition in CEL, such as `record.status == "open"`. */
  filter?: string | undefined;
  /** All records there are: what was known before is void. Comes at the beginning, and whenever there is nothing to resume. */
  onSnapshot?: ((items: Item<T>[]) => void) | undefined;
  /** A record has changed, or is not to be seen any more. Changes whose version is not greater than the known one are old. */
  onChange?: ((change: Change<T>) => void) | undefined;
  /** The server has ended it. Without `retry` it is over, and what is known is not the user's to see any more. */
  onReset?: ((reset: Reset) => void) | undefined;
  /** The server refuses it, for good. */
  onError?: ((error: TidemarkError) => void) | undefined;
  /** Closes it. */
  signal?: AbortSignal | undefined;
}

/** What `subscribe` returns. */
export interface Subscription {
  readonly topic: string;
  close(): void;
}

/** What has to be done after a message. */
export type Next =
  | { do: "nothing" }
  /** It has to be begun again, after so many milliseconds. */
  | { do: "resubscribe"; after: number }
  | { do: "end" };

const NOTHING: Next = { do: "nothing" };

export class Following<T> {
  /** Under which it is known on the present connection; never used again. */
  id = 0;
  readonly topic: string;
  readonly #options: SubscribeOptions<T>;
  /** What the client says of itself, in a room. */
  state: unknown;
  #place: Place | undefined;
  /** The parts of a snapshot that is not complete. */
  #parts: Item<T>[] = [];
  #begun = 0;
  #failures = 0;

  constructor(topic: string, options: SubscribeOptions<T>) {
    this.topic = topic;
    this.#options = options;
  }

  /** What asks for it, from where it is. */
  request(id: number): Request {
    this.id = id;
    this.#parts = [];
    const { filter } = this.#options;
    const wanted = {
      ...(filter === undefined ? {} : { filter }),
      ...(this.state === undefined ? {} : { state: this.state }),
    };
    return { t: "sub", id, topic: this.topic, ...wanted, ...this.#place };
  }

  take(frame: Frame & { id: number }): Next {
    switch (frame.t) {
      case "snap":
        this.#parts.push(...(frame.items as Item<T>[]));
        return frame.last ? this.#complete() : NOTHING;
      case "subbed":
        this.#place = { after: frame.pos, epoch: frame.epoch };
        this.#begun = Date.now();
        return NOTHING;
      case "chg":
        return this.#change(frame);
      case "reset":
        return this.#reset(frame);
      case "err":
        return this.#refused(frame);
      default:
        return NOTHING;
    }
  }

  /** It is over, by what the client itself knows. */
  end(why: "signed_out"): void {
    guarded(() => this.#options.onReset?.({ why, retry: false }));
  }

  fail(error: TidemarkError): void {
    guarded(() => this.#options.onError?.(error));
  }

  #complete(): Next {
    const items = this.#parts;
    this.#parts = [];
    guarded(() => this.#options.onSnapshot?.(items));
    return NOTHING;
  }

  #change(frame: Frame & { t: "chg" }): Next {
    // Something between two messages was lost: what is known up to there is right, and the rest is asked for.
    if (this.#place === undefined || frame.prev !== this.#place.after) return this.#again();
    this.#place = { after: frame.pos, epoch: this.#place.epoch };
    const { key, version } = frame;
    const change: Change<T> =
      frame.op === "remove" ? { op: "remove", key, version } : { op: "upsert", key, version, data: frame.data as T };
    guarded(() => this.#options.onChange?.(change));
    return NOTHING;
  }

  #reset({ why, retry }: Frame & { t: "reset" }): Next {
    if (why === "epoch") this.#place = undefined;
    guarded(() => this.#options.onReset?.({ why, retry }));
    return retry ? this.#again() : { do: "end" };
  }

  #refused({ code, retry, detail, filter }: Frame & { t: "err" }): Next {
    if (retry) {
      this.#begun = 0;
      this.#failures += 1;
      return this.#again();
    }
    // As a list names what is wrong with its filter.
    const errors = filter === undefined ? [] : [{ parameter: "filter", code: filter.code, detail }];
    this.fail(new TidemarkError(`The subscription of ${this.topic} is refused`, { code, detail, errors }));
    return { do: "end" };
  }

  /** At once, unless it does not last. */
  #again(): Next {
    const isSettled = Date.now() - this.#begun > SETTLED && this.#begun > 0;
    const wait = isSettled || this.#failures === 0 ? 0 : fullJitter(this.#failures - 1, FIRST_WAIT, LONGEST_WAIT);
    this.#failures = isSettled ? 1 : this.#failures + 1;
    this.#begun = 0;
    return { do: "resubscribe", after: wait };
  }
}
