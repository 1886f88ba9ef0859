// Where a session is kept between two visits, or shared by several tabs.

/** What is known of somebody who has signed in. Times are of this machine's clock. */
export interface Session {
  /** With `cookie`, the refresh token is in a cookie that no script reads. */
  mode: "token" | "cookie";
  sessionId: string;
  accessToken?: string | undefined;
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt?: number | undefined;
  /** In mode `token`. */
  refreshToken?: string | undefined;
  /** In mode `cookie`. */
  csrfToken?: string | undefined;
}

/** What a {@link Storage} keeps. */
export interface Stored {
  session: Session | null;
  /** Tells the server that somebody has signed in on this device before, so that guesses of strangers do not hold it up. */
  deviceToken?: string | undefined;
}

/** Keeps one {@link Stored}. Whoever can read it can act for the user. */
export interface Storage {
  load(): Stored | null | Promise<Stored | null>;
  save(stored: Stored): void | Promise<void>;
}

/** For as long as the page, or the process, lasts. */
export function memoryStorage(): Storage {
  let kept: Stored | null = null;
  return {
    load: () => kept,
    save: (stored) => {
      kept = stored;
    },
  };
}

/**
 * In `localStorage` or `sessionStorage`. Tabs that share it share the session. Scripts of the page can read it: prefer
 * signing in with `mode: "cookie"`, where only the session's `csrfToken` is kept here.
 */
export function webStorage(storage: globalThis.Storage, key = "tidemark"): Storage {
  return {
    load: () => parse(storage.getItem(key)),
    save: (stored) => storage.setItem(key, JSON.stringify(stored)),
  };
}

/** Something else than we have stored is as good as nothing. */
function parse(text: string | null): Stored | null {
  if (text === null) return null;
  try {
    const stored: unknown = JSON.parse(text);
    return typeof stored === "object" && stored !== null && "session" in stored ? (stored as Stored) : null;
  } catch {
    return null;
  }
}
