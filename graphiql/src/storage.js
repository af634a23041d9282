// What GraphiQL remembers: documents, tabs and history, for as long as the window is open. So two
// windows can be two people, and a password typed into a document is gone when its window closes.

// GraphiQL leaves headers out of its tabs when told to, yet its history writes them down.
const HISTORY = ['graphiql:queries', 'graphiql:favorites'];

export const storage = {
  get length() {
    return sessionStorage.length;
  },
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) =>
    sessionStorage.setItem(key, HISTORY.includes(key) ? withoutHeaders(value) : value),
  removeItem: (key) => sessionStorage.removeItem(key),
  clear: () => sessionStorage.clear(),
};

function withoutHeaders(json) {
  const keep = (name, value) => (name === 'headers' ? undefined : value);
  return JSON.stringify(JSON.parse(json, keep));
}
