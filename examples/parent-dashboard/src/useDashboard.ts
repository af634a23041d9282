// A dashboard that is read once and kept up to date by what is heard.
import { useEffect, useReducer } from 'react';
import { clientOf } from './client';
import { START, needsReading, next } from './dashboard';
import type { Action, Dashboard, View } from './dashboard';
import { DashboardDocument } from './gql/graphql';
import { listen } from './listen';
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
  const read = async (): Promise<Dashboard | undefined> => {
    while (!signal.aborted) {
      tell({ type: 'reading' });
      const { data } = await client.query(DashboardDocument, {});
      if (data?.viewer) {
        tell({ type: 'read', dashboard: data.viewer });
        return data.viewer;
      }
      await pause(RETRY_MS, signal);
    }
    return undefined;
  };
  const readAnew = oneAtATime(read);
  const studentIds = (await read())?.children.map(({ id }) => id) ?? [];
  await listen(session, studentIds, {
    opened: (anew) => {
      tell({ type: 'opened' });
      if (anew) readAnew();
    },
    heard: (change) => {
      tell({ type: 'heard', change });
      // Spread, for a school's event is heard by all of its families at once.
      if (needsReading(change)) setTimeout(readAnew, Math.random() * SPREAD_MS);
    },
    lost: () => tell({ type: 'lost' }),
  }, signal);
}

/** Makes `act` run once more after it was asked for while it ran, however often. */
function oneAtATime(act: () => Promise<unknown>): () => void {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await act();
    }
    running = false;
  };
}
