// How far this client has written: what it reads afterwards has to reflect that.

/** The position of the latest command, from `Tidemark-Position` of the answers. */
export class Position {
  #written = 0;

  /** What reads have to reflect; undefined when nothing was written. */
  get written(): number | undefined {
    return this.#written === 0 ? undefined : this.#written;
  }

  /** Takes over what was written elsewhere, such as by a server that has rendered the page. */
  advance(position: number | undefined): void {
    if (position !== undefined && Number.isSafeInteger(position) && position > this.#written) this.#written = position;
  }

  /** The log has begun anew, as after a restore from a backup: it knows nothing of this position. */
  forget(position: number): void {
    if (this.#written <= position) this.#written = 0;
  }
}
