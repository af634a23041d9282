// Queries over HTTP in the name of whoever is signed in.
import { Client, fetchExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { HTTP } from './endpoint';
import type { Session } from './session';

/** A client that renews the session and asks again when its token has run out. */
export function clientOf(session: Session): Client {
  const auth = authExchange(async ({ appendHeaders }) => ({
    addAuthToOperation: (operation) =>
      appendHeaders(operation, { Authorization: session.authorization }),
    didAuthError: ({ graphQLErrors }) =>
      graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED'),
    refreshAuth: () => session.renew(),
  }));
  return new Client({
    url: HTTP,
    exchanges: [auth, fetchExchange],
    preferGetMethod: false,
    requestPolicy: 'network-only',
  });
}
