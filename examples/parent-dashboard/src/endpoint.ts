// Where the service is: under the page's own origin, unless the build was told of another one.

const origin: string = import.meta.env.VITE_DIARY ?? location.origin;

export const HTTP = new URL('/graphql', origin).href;
export const SOCKET = HTTP.replace('http', 'ws');
