// What is thrown when something was not done.

import type { components } from "./generated/openapi.js";
import type { ProblemCode } from "./generated/routes.js";

type Problem = components["schemas"]["Problem"];

/** One thing that is wrong with a request: where it is (one of the three), a stable code, and a text for people. */
export interface FieldProblem {
  /** A JSON Pointer into the body. */
  pointer?: string;
  /** A parameter of the query. */
  parameter?: string;
  header?: string;
  code: string;
  detail: string;
}

/** Codes that no server sends: there was no answer of a Tidemark server at all. */
export type LocalCode =
  /** The server cannot be reached, or the connection broke. */
  | "network"
  /** No answer within the time that the call may take. */
  | "timeout"
  /** Something else than Tidemark has answered, such as a proxy. */
  | "unexpected_answer"
  /** A call that needs somebody who has signed in, and nobody has. */
  | "signed_out";

/** Known codes are completed by editors; a newer server may have others. */
export type ErrorCode = ProblemCode | LocalCode | (string & {});

interface Details {
  code: ErrorCode;
  status?: number | undefined;
  detail?: string | undefined;
  errors?: readonly FieldProblem[] | undefined;
  requestId?: string | undefined;
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** A call that was not done, or of which it is not known whether it was. `code` is for programs. */
export class TidemarkError extends Error {
  override readonly name = "TidemarkError";
  /** Stable: one of those that the server's `/docs` lists, or a {@link LocalCode}. */
  readonly code: ErrorCode;
  /** Of HTTP; 0 when there was no answer. */
  readonly status: number;
  readonly detail: string | undefined;
  /** What is wrong with which field, parameter or header. */
  readonly errors: readonly FieldProblem[];
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** Milliseconds after which it is worth trying again, where the server has said so. */
  readonly retryAfter: number | undefined;

  constructor(title: string, details: Details) {
    super(details.detail === undefined ? title : `${title}. ${details.detail}`, { cause: details.cause });
    this.code = details.code;
    this.status = details.status ?? 0;
    this.detail = details.detail;
    this.errors = details.errors ?? [];
    this.requestId = details.requestId;
    this.retryAfter = details.retryAfter;
  }

  /** The problem of a field of the body, named as in the body or by a JSON Pointer: for a form. */
  field(name: string): FieldProblem | undefined {
    const pointer = name.startsWith("/") ? name : `/${name}`;
    return this.errors.find((error) => error.pointer === pointer);
  }
}

/** The error that an answer means; whatever is no `application/problem+json` is not from Tidemark. */
export function fromAnswer(response: Response, body: unknown): TidemarkError {
  const { status, headers } = response;
  const retryAfter = retryAfterOf(headers);
  const requestId = headers.get("x-request-id") ?? undefined;
  if (!isProblem(body)) {
    const detail = `HTTP status ${status}, without a description.`;
    return new TidemarkError("An unexpected answer", {
      code: "unexpected_answer",
      status,
      detail,
      requestId,
      retryAfter,
    });
  }
  return new TidemarkError(body.title, {
    code: body.code,
    status,
    detail: body.detail ?? undefined,
    errors: body.errors as FieldProblem[] | undefined,
    requestId: body.request_id,
    retryAfter,
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "title" in body;
}

/** `Retry-After` in milliseconds; the form with a date is not read, since clocks differ. */
function retryAfterOf(headers: Headers): number | undefined {
  const seconds = Number.parseInt(headers.get("retry-after") ?? "", 10);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
