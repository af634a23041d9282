// Hearing of every change once and in order, whatever breaks: a stream resumed from its last cursor.
import { stringifyDocument } from '@urql/core';
import type { GraphQLError } from 'graphql';
import type { Client } from 'graphql-ws';
import type { DashboardChangesSubscription } from './gql/graphql';
import { DashboardChangesDocument } from './gql/graphql';
import { pause } from './pause';
import type { Session } from './session';
import { openSocket } from './socket';

export type Change = DashboardChangesSubscription['dashboardChanges'];

/** Whose journals are listened to, and the cursor of what was heard last. */
export type Place = { studentIds: string[]; after: string };

export type Listener = {
  /** Read what was before, and say where to go on; nothing where the page was left meanwhile. */
  begin(): Promise<Place | undefined>;
  opened(): void;
  heard(change: Change): void;
  lost(): void;
};

const QUERY = stringifyDocument(DashboardChangesDocument);
const TOKEN_REFUSED = 4403;
const STEADY_MS = 10_000;
const LONGEST_MS = 30_000;

/** Listen until the signal is given. */
export async function listen(
  session: Session,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const socket = openSocket(session, signal, () => listener.opened());
  let place = await listener.begin();
  let failures = 0;
  while (place) {
    const began = performance.now();
    try {
      for await (const change of changes(socket, place)) {
        place.after = change.cursor;
        listener.heard(change);
      }
    } catch (cause) {
      place = await mended(cause, place, session, listener);
    }
    if (signal.aborted) return;
    listener.lost();
    failures = performance.now() - began > STEADY_MS ? 0 : failures + 1;
    // Spread, so that everybody's return does not bring down what has just come up.
    await pause(Math.random() * Math.min(500 * 2 ** failures, LONGEST_MS), signal);
  }
}

/** One stream, as long as it lasts; throws the errors that end it, or how the socket closed. */
async function* changes(socket: Client, variables: Place): AsyncGenerator<Change> {
  const request = { query: QUERY, variables };
  for await (const { data, errors } of socket.iterate<DashboardChangesSubscription>(request)) {
    if (!data) throw errors;
    yield data.dashboardChanges;
  }
}

/** Where to go on after a stream has ended so. */
async function mended(
  cause: unknown,
  place: Place,
  session: Session,
  listener: Listener,
): Promise<Place | undefined> {
  const [error] = Array.isArray(cause) ? (cause as GraphQLError[]) : [];
  const isRefused = cause instanceof CloseEvent && cause.code === TOKEN_REFUSED;
  switch (isRefused ? 'UNAUTHENTICATED' : error?.extensions.code) {
    case 'RESYNC_REQUIRED':
      return listener.begin();
    case 'LAGGING':
      return { ...place, after: error?.extensions.cursor as string };
    case 'UNAUTHENTICATED':
      // Where the session is over it says so itself, and this page is left.
      await session.renew().catch(() => {});
  }
  return place;
}
