// Waiting for something to become true, as told by whoever knows.

import type { LiveSet } from "@tidemark/client";

const PATIENCE = 30_000;

/** Resolves once `isTrue` of the set. */
export async function until<T>(set: LiveSet<T>, isTrue: (set: LiveSet<T>) => boolean): Promise<void> {
  await signalled(
    (check) => set.onChange(check),
    () => isTrue(set),
    () => JSON.stringify(set.values()),
  );
}

/** Resolves once `isTrue`, asked whenever `listen` calls. */
export function signalled(
  listen: (check: () => void) => () => void,
  isTrue: () => boolean,
  describe: () => string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void) => {
      clearTimeout(late);
      unlisten();
      act();
    };
    const check = () => {
      if (isTrue()) done(resolve);
    };
    const late = setTimeout(() => done(() => reject(new Error(`waited in vain: ${describe()}`))), PATIENCE);
    const unlisten = listen(check);
    check();
  });
}
