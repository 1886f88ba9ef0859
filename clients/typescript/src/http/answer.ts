// One exchange with the server, and what an answer says beside its body.

import { fromAnswer, TidemarkError } from "../error.js";

/** An answer to a call that was done. */
export interface Answer<T> {
  status: number;
  body: T;
  /** From the `ETag`, where the answer is about one resource. */
  version: number | undefined;
  /** The position of the log that a read reflects, or that a command has written. */
  position: number | undefined;
  /** Names the request in the server's log. */
  requestId: string | undefined;
}

/** Sends a request once. Whatever is not done is thrown as a {@link TidemarkError}, or as the reason of `signal`. */
export async function exchange(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Answer<unknown>> {
  const late = AbortSignal.timeout(timeout);
  const either = signal === undefined ? late : AbortSignal.any([signal, late]);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: either, redirect: "error" });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    if (late.aborted) throw new TidemarkError("No answer in time", { code: "timeout", cause });
    throw new TidemarkError("The server cannot be reached", { code: "network", cause });
  }
  const body = parse(text);
  if (!response.ok && response.status !== 304) throw fromAnswer(response, body);
  if (text !== "" && body === undefined) throw fromAnswer(response, undefined);
  return {
    status: response.status,
    body,
    version: numberIn(response.headers.get("etag"), /^(?:W\/)?"v(\d+)(?:\.\d+)?"$/),
    position: numberIn(response.headers.get("tidemark-position"), /^(\d+)$/),
    requestId: response.headers.get("x-request-id") ?? undefined,
  };
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function numberIn(text: string | null, pattern: RegExp): number | undefined {
  const found = text === null ? null : pattern.exec(text);
  return found === null ? undefined : Number(found[1]);
}
