// urql: questions over HTTP, subscriptions over graphql-ws.
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

export function connected({ url, token }) {
  const socket = createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: () => ({ Authorization: token() }),
    retryAttempts: 0,
  });
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
  return {
    ask: (mutation, variables) => client.mutation(mutation, variables).toPromise(),
    listen: (query, variables, sink) =>
      client.subscription(query, variables).subscribe((result) =>
        result.error ? sink.error(result.error) : sink.next(result),
      ),
  };
}
