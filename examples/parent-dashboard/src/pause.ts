// Waiting, for so long or until there is a reason not to.

/** Wait for so many milliseconds; less where the network comes back or the signal is given. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const waiting = new AbortController();
    const end = () => {
      waiting.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : milliseconds);
    signal.addEventListener('abort', end, { signal: waiting.signal });
    addEventListener('online', end, { signal: waiting.signal });
  });
}
