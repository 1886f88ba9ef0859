// The second factor: a program that makes codes (TOTP), and recovery codes in its place.

import type { components } from "../generated/openapi.js";
import type { Transport } from "../http/transport.js";
import type { CallOptions } from "../options.js";
import type { SessionKeeper, SessionTokens } from "./session.js";

export type EnrolledTotp = components["schemas"]["EnrolledTotp"];

/** All but `enrol` go on with new tokens and end all other sessions. */
export class Mfa {
  readonly #transport: Transport;
  readonly #keeper: SessionKeeper;

  constructor(transport: Transport, keeper: SessionKeeper) {
    this.#transport = transport;
    this.#keeper = keeper;
  }

  /** A new secret, shown this one time. It counts once `confirm` has got a code of it. */
  async enrol(options: CallOptions = {}): Promise<EnrolledTotp> {
    return (await this.#transport.call("post", "/v1/auth/mfa/totp/enrol", {}, options)).body;
  }

  /** Switches the second factor on. The recovery codes are shown this one time. */
  async confirm(code: string, options: CallOptions = {}): Promise<string[]> {
    const call = { ...options, cookies: this.#hasCookie };
    const answer = await this.#transport.call("post", "/v1/auth/mfa/totp/confirm", { body: { code } }, call);
    return this.#codesOf(answer.body);
  }

  /** New recovery codes in the place of all others. */
  async replaceRecoveryCodes(options: CallOptions = {}): Promise<string[]> {
    const call = { ...options, cookies: this.#hasCookie };
    return this.#codesOf((await this.#transport.call("post", "/v1/auth/mfa/totp/recovery-codes", {}, call)).body);
  }

  /** Switches the second factor off. */
  async disable(password: string, options: CallOptions = {}): Promise<void> {
    const call = { ...options, cookies: this.#hasCookie };
    const answer = await this.#transport.call("post", "/v1/auth/mfa/totp/disable", { body: { password } }, call);
    await this.#keeper.adopt(answer.body);
  }

  get #hasCookie(): boolean {
    return this.#keeper.signedIn?.mode === "cookie";
  }

  async #codesOf(answer: SessionTokens & { recovery_codes: string[] }): Promise<string[]> {
    await this.#keeper.adopt(answer);
    return answer.recovery_codes;
  }
}
