// What has happened since the page was opened; screen readers tell of it too.
import type { Change } from './listen';
import { told } from './wording';

export function News({ news }: { news: Change[] }) {
  return (
    <section aria-labelledby="news">
      <h2 id="news">Что нового</h2>
      {news.length === 0 && <p>Пока ничего: новое появится само.</p>}
      <ol role="log" aria-labelledby="news">
        {news.toReversed().map((change) => (
          <li key={change.cursor}>{told(change)}</li>
        ))}
      </ol>
    </section>
  );
}
