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

export type Listener = {
  /** `anew`: what was before is not told, and has to be read. */
  opened(anew: boolean): void;
  heard(change: Change): void;
  lost(): void;
};

const QUERY = stringifyDocument(DashboardChangesDocument);
const STEADY_MS = 10_000;
const LONGEST_MS = 30_000;

/** Listen until the signal is given. */
export async function listen(
  session: Session,
  studentIds: string[],
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  let after: string | null = null;
  let failures = 0;
  const socket = openSocket(session, signal, () => listener.opened(after === null));
  for (;;) {
    const began = performance.now();
    try {
      for await (const change of changes(socket, studentIds, after)) {
        after = change.cursor;
        listener.heard(change);
      }
    } catch (cause) {
      after = await resumption(cause, after, session);
    }
    if (signal.aborted) return;
    listener.lost();
    failures = performance.now() - began > STEADY_MS ? 0 : failures + 1;
    // Spread, so that everybody's return does not bring down what has just come up.
    await pause(Math.random() * Math.min(500 * 2 ** failures, LONGEST_MS), signal);
  }
}

/** One stream, as long as it lasts; throws the errors that end it, or how the socket closed. */
async function* changes(
  socket: Client,
  studentIds: string[],
  after: string | null,
): AsyncGenerator<Change> {
  const request = { query: QUERY, variables: { studentIds, after } };
  for await (const { data, errors } of socket.iterate<DashboardChangesSubscription>(request)) {
    if (!data) throw errors;
    yield data.dashboardChanges;
  }
}

/** The cursor to go on from after a stream has ended so; null where there is none. */
async function resumption(
  cause: unknown,
  after: string | null,
  session: Session,
): Promise<string | null> {
  const [error] = Array.isArray(cause) ? (cause as GraphQLError[]) : [];
  switch (error?.extensions.code) {
    case 'RESYNC_REQUIRED':
      return null;
    case 'LAGGING':
      return error.extensions.cursor as string;
    case 'UNAUTHENTICATED':
      // Where the session is over it says so itself, and this page is left.
      await session.renew().catch(() => {});
  }
  return after;
}
