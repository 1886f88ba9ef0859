// How long to wait before another attempt: full jitter, so that many clients do not come back at once.

/** Milliseconds: somewhere between nothing and `first`, doubled with every attempt, `longest` at most. */
export function fullJitter(attempt: number, first: number, longest: number): number {
  return Math.random() * Math.min(longest, first * 2 ** Math.min(attempt, 30));
}

/** Resolves after so many milliseconds; rejects with the signal's reason when that is aborted first. */
export function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
