// Where an account is signed in.

import type { components } from "../generated/openapi.js";
import type { Transport } from "../http/transport.js";
import type { CallOptions } from "../options.js";

export type SessionInfo = components["schemas"]["SessionView"];

export class Sessions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All sessions of the account that are not over. */
  async list(options: CallOptions = {}): Promise<SessionInfo[]> {
    return (await this.#transport.call("get", "/v1/auth/sessions", {}, options)).body.items;
  }

  /** Ends one of them. Another one than one's own takes a recent authentication. */
  async end(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.call("delete", "/v1/auth/sessions/{id}", { path: { id } }, options);
  }
}
