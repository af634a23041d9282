// A signed-in person's tokens: begun with a password, renewed before they run out.
import { Client, fetchExchange } from '@urql/core';
import { HTTP } from './endpoint';
import { RefreshSessionDocument, SignInDocument, SignOutDocument } from './gql/graphql';
import type { TokensFragment, UserErrorCode } from './gql/graphql';

const AHEAD_MS = 60_000;

const nobody = new Client({ url: HTTP, exchanges: [fetchExchange], preferGetMethod: false });

/** Why nobody was signed in; `NEXT_STEP` where the service asks for more than a password. */
export class Refused extends Error {
  constructor(readonly code: UserErrorCode | 'NEXT_STEP') {
    super(code);
  }
}

/** Begin a session; throws Refused, or urql's CombinedError where nobody answers. */
export async function signIn(login: string, password: string): Promise<Session> {
  const { data, error } = await nobody.mutation(SignInDocument, { input: { login, password } });
  if (!data) throw error;
  const { session, userErrors } = data.signIn;
  if (!session) throw new Refused(userErrors[0]?.code ?? 'NEXT_STEP');
  return new Session(session);
}

/**
 * Dispatches `renewed` when it has newer tokens, and `over` when it does not go on.
 *
 * The tokens are kept in memory alone: what a script can read later, a foreign one can too, and a
 * refresh token works once, so that two tabs with the same one would end the session.
 */
export class Session extends EventTarget {
  #tokens: TokensFragment;
  #renewal: Promise<void> | undefined;
  #timer: number | undefined;

  constructor(tokens: TokensFragment) {
    super();
    this.#tokens = tokens;
    this.#renewLater();
  }

  get authorization(): string {
    return `Bearer ${this.#tokens.accessToken}`;
  }

  /** Get newer tokens, once for all who ask meanwhile; throws where that fails. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renewed().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  /** End it, here at once and in the service as soon as it answers. */
  signOut(): void {
    const fetchOptions = { headers: { Authorization: this.authorization } };
    void nobody.mutation(SignOutDocument, {}, { fetchOptions }).toPromise();
    this.#end();
  }

  async #renewed(): Promise<void> {
    const input = { refreshToken: this.#tokens.refreshToken };
    const { data, error } = await nobody.mutation(RefreshSessionDocument, { input });
    if (!data) throw error;
    const { session } = data.refreshSession;
    if (!session) {
      this.#end();
      throw new Error('The session is over.');
    }
    this.#tokens = session;
    this.#renewLater();
    this.dispatchEvent(new Event('renewed'));
  }

  // Where this fails, or the clocks disagree, a refusal makes whoever meets it renew.
  #renewLater(): void {
    const wait = Date.parse(this.#tokens.accessExpiresAt) - Date.now() - AHEAD_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.renew().catch(() => {}), Math.max(wait, AHEAD_MS));
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.dispatchEvent(new Event('over'));
  }
}
