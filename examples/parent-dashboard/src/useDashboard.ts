// A dashboard that is read once and kept up to date by what is heard.
import { useEffect, useReducer } from 'react';
import { clientOf } from './client';
import { START, needsReading, next } from './dashboard';
import type { Action, View } from './dashboard';
import { BeginningDocument, DashboardDocument } from './gql/graphql';
import { listen } from './listen';
import type { Listener } from './listen';
import { pause } from './pause';
import type { Session } from './session';

const RETRY_MS = 2_000;
const SPREAD_MS = 1_000;

/** The dashboard of whoever is signed in, for as long as it is shown. */
export function useDashboard(session: Session): View {
  const [view, tell] = useReducer(next, START);
  useEffect(() => {
    const leaving = new AbortController();
    void keep(session, tell, leaving.signal);
    return () => leaving.abort();
  }, [session]);
  return view;
}

async function keep(
  session: Session,
  tell: (action: Action) => void,
  signal: AbortSignal,
): Promise<void> {
  const client = clientOf(session);
  const take = async () => (await client.query(BeginningDocument, {})).data?.changesCursor;
  const read = async () => {
    tell({ type: 'reading' });
    const dashboard = (await client.query(DashboardDocument, {})).data?.viewer;
    if (dashboard) tell({ type: 'read', dashboard });
    return dashboard;
  };
  const readAnew = inTurn(() => insist(read, signal));
  const listener: Listener = {
    // The cursor first: what happens while the dashboard is read is heard afterwards.
    async begin() {
      const after = await insist(take, signal);
      const dashboard = await readAnew();
      if (!after || !dashboard) return undefined;
      return { after, studentIds: dashboard.children.map(({ id }) => id) };
    },
    opened: () => tell({ type: 'opened' }),
    heard(change) {
      tell({ type: 'heard', change });
      // Spread, for a school's event is heard by all of its families at once.
      if (needsReading(change)) setTimeout(readAnew, Math.random() * SPREAD_MS);
    },
    lost: () => tell({ type: 'lost' }),
  };
  await listen(session, listener, signal);
}

/** Ask until there is an answer; nothing where the signal comes first. */
async function insist<T>(
  ask: () => Promise<T | null | undefined>,
  signal: AbortSignal,
): Promise<T | undefined> {
  while (!signal.aborted) {
    const answer = await ask();
    if (answer) return answer;
    await pause(RETRY_MS, signal);
  }
  return undefined;
}

/** Makes `act` run one at a time; all who ask while it runs share the run that follows. */
function inTurn<T>(act: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let following: Promise<T> | undefined;
  return () =>
    (following ??= running.then(() => {
      running = following!;
      following = undefined;
      return act();
    }));
}
