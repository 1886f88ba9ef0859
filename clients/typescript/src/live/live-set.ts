// The records of a topic as they are on the server, kept up to date.

import { TidemarkError } from "../error.js";
import { Listeners } from "../listeners.js";
import type { Change, Item } from "./protocol.js";
import type { Reset, SubscribeOptions } from "./subscription.js";

interface Settle {
  resolve(): void;
  reject(error: TidemarkError): void;
}

type Handlers<T> = Required<Pick<SubscribeOptions<T>, "onSnapshot" | "onChange" | "onReset" | "onError">>;

/**
 * A set that converges to what the topic has: nothing is missing in the end, and nothing foreign is in it. Iterates over
 * the records, in the order in which they came.
 */
export class LiveSet<T> implements Iterable<T> {
  /** Resolves with the first complete state; rejects when the subscription ends before. */
  readonly ready: Promise<this>;
  readonly #items = new Map<string, Item<T>>();
  readonly #changed = new Listeners<this>();
  readonly #close: () => void;
  #error: TidemarkError | undefined;
  readonly #settle: Settle;

  constructor(subscribe: (handlers: Handlers<T>) => { close(): void }) {
    let settle: Settle | undefined;
    this.ready = new Promise<this>((resolve, reject) => {
      settle = { resolve: () => resolve(this), reject };
    });
    this.#settle = settle!;
    // Whoever does not wait for it sees `error`.
    this.ready.catch(() => undefined);
    const subscription = subscribe({
      onSnapshot: (items) => this.#replace(items),
      onChange: (change) => this.#apply(change),
      onReset: (reset) => this.#reset(reset),
      onError: (error) => this.#fail(error),
    });
    this.#close = () => subscription.close();
  }

  get size(): number {
    return this.#items.size;
  }

  /** Why it is not kept up to date any more, unless it was closed; it is empty then. */
  get error(): TidemarkError | undefined {
    return this.#error;
  }

  get(key: string): T | undefined {
    return this.#items.get(key)?.data;
  }

  has(key: string): boolean {
    return this.#items.has(key);
  }

  /** All records: a new array, to be sorted as one likes. */
  values(): T[] {
    return [...this];
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const { data } of this.#items.values()) yield data;
  }

  /** Calls after every change. Returns what takes the listener off again. */
  onChange(listener: (set: this) => void): () => void {
    return this.#changed.add(listener);
  }

  /** Stops following. What is in it stays as it is. */
  close(): void {
    this.#close();
    this.#settle.reject(new TidemarkError("The live set was closed", { code: "closed" }));
  }

  #replace(items: Item<T>[]): void {
    this.#items.clear();
    for (const item of items) this.#items.set(item.key, item);
    this.#settle.resolve();
    this.#changed.tell(this);
  }

  #apply(change: Change<T>): void {
    const known = this.#items.get(change.key);
    if (change.op === "remove") {
      // One that is older than what is known is followed by the newer state.
      if (known === undefined || known.version > change.version) return;
      this.#items.delete(change.key);
    } else {
      // A snapshot of several parts may have held it already.
      if (known !== undefined && known.version >= change.version) return;
      this.#items.set(change.key, change);
    }
    this.#changed.tell(this);
  }

  #reset({ why, retry }: Reset): void {
    if (retry) return;
    const code = why === "signed_out" ? "signed_out" : "forbidden";
    this.#fail(new TidemarkError("What is followed is not the user's to see any more", { code, detail: why }));
  }

  #fail(error: TidemarkError): void {
    this.#error = error;
    this.#items.clear();
    this.#settle.reject(error);
    this.#changed.tell(this);
  }
}
