// graphql-ws: the connection comes back by itself, and tells anew what the variables are by then.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

export function connected({ url, token }) {
  const client = createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: () => (token() ? { Authorization: token() } : {}),
    keepAlive: 10_000,
    retryAttempts: Infinity,
    shouldRetry: () => true,
  });
  return {
    ask: (query, variables) =>
      new Promise((resolve, reject) => {
        let answer;
        client.subscribe({ query, variables }, {
          next: (result) => (answer = result),
          error: reject,
          complete: () => resolve(answer),
        });
      }),
    listen: (query, variables, sink) => client.subscribe({ query, variables }, sink),
  };
}
