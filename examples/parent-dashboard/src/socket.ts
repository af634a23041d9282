// The live socket: who it speaks for, whether it is still there, and its newer tokens.
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { SOCKET } from './endpoint';
import type { Session } from './session';

const BEAT_MS = 15_000;
const PATIENCE_MS = 5_000;

/** A socket that opens when somebody subscribes; it never resumes by itself. */
export function openSocket(session: Session, signal: AbortSignal, opened: () => void): Client {
  let connection: WebSocket | undefined;
  let silence: number | undefined;
  const client = createClient({
    url: SOCKET,
    connectionParams: () => ({ Authorization: session.authorization }),
    // Only who knows the last cursor may subscribe anew: see listen.ts.
    retryAttempts: 0,
    keepAlive: BEAT_MS,
    on: {
      connected: (socket) => {
        connection = socket as WebSocket;
        opened();
      },
      closed: () => {
        connection = undefined;
        clearTimeout(silence);
      },
      ping: (received) => {
        if (!received) silence = setTimeout(() => client.terminate(), PATIENCE_MS);
      },
      pong: (received, payload) => {
        if (!received) return;
        clearTimeout(silence);
        if (payload?.authorization === 'REFUSED') client.terminate();
      },
    },
  });
  // `connection_init` is possible once: a newer token comes by a ping.
  const renew = () =>
    connection?.send(
      JSON.stringify({ type: 'ping', payload: { Authorization: session.authorization } }),
    );
  session.addEventListener('renewed', renew, { signal });
  // A socket of the network that was left says nothing for minutes.
  addEventListener('offline', () => client.terminate(), { signal });
  signal.addEventListener('abort', () => client.dispose());
  return client;
}
