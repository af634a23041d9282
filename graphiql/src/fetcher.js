// How the page speaks with the server: HTTP for queries and mutations, WebSocket for subscriptions.
import { getOperationAST } from 'graphql';
import { createClient } from 'graphql-ws';

const ENDPOINT = '/graphql';
const SOCKET = location.origin.replace(/^http/, 'ws') + ENDPOINT;

let endRunning = () => {};

/** End the running subscription, if there is one. */
export function endSubscription() {
  endRunning();
}

/** GraphiQL's fetcher: `headers` are what the headers editor of the shown tab holds. */
export function fetcher(params, { headers = {}, documentAST } = {}) {
  const operation = documentAST && getOperationAST(documentAST, params.operationName);
  return operation?.operation === 'subscription'
    ? subscription(params, headers)
    : post(params, headers);
}

async function post(params, headers) {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(params),
  });
  return response.json();
}

// A connection keeps the rights it was opened with, so every subscription opens its own: the
// headers that stand in the editor now are the ones it is made with. Nothing is retried, because
// a silent reconnection would hide a gap; a person sees the close and starts again.
function subscription(params, headers) {
  return {
    subscribe(sink) {
      const client = createClient({ url: SOCKET, connectionParams: headers, retryAttempts: 0 });
      const error = (cause) => sink.error(readable(cause));
      endRunning = client.subscribe(params, { ...sink, error });
      return { unsubscribe: endRunning };
    },
  };
}

function readable(cause) {
  return cause instanceof CloseEvent
    ? { message: `The server closed the socket: ${cause.code} ${cause.reason}`.trim() }
    : cause;
}
