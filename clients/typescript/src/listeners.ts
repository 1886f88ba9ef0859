// Who wants to be told of something.

export type Listener<T> = (value: T) => void;

/** A set of listeners of which none can keep the others, or whoever tells them, from going on. */
export class Listeners<T> {
  readonly #all = new Set<Listener<T>>();

  /** Returns what takes the listener off again. */
  add(listener: Listener<T>): () => void {
    // Its own entry, also where the same function is added twice.
    const entry: Listener<T> = (value) => listener(value);
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  tell(value: T): void {
    for (const listener of [...this.#all]) guarded(() => listener(value));
  }
}

/** Runs code of the application's own; what it throws surfaces as an uncaught error, as from any other event. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
