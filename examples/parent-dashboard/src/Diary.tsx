// The dashboard: children, news, events, and whether it is up to date.
import { ChildCard } from './ChildCard';
import type { Dashboard } from './dashboard';
import { News } from './News';
import type { Session } from './session';
import { useDashboard } from './useDashboard';
import { moment } from './wording';

export function Diary({ session }: { session: Session }) {
  const { connected, dashboard, news } = useDashboard(session);
  return (
    <>
      <header>
        <h1>Школьный дневник</h1>
        <p role="status" className={connected ? 'live' : 'lost'}>
          {connected ? 'Обновляется сразу' : 'Нет связи, подключаемся…'}
        </p>
        <button onClick={() => session.signOut()}>Выйти</button>
      </header>
      <main aria-busy={!dashboard}>
        {dashboard && (
          <>
            <p>
              {dashboard.fullName} · непрочитанных сообщений: {dashboard.unreadMessageCount}
            </p>
            <News news={news} />
            <div className="children">
              {dashboard.children.map((child) => (
                <ChildCard key={child.id} child={child} />
              ))}
            </div>
            <Events events={dashboard.upcomingEvents} />
          </>
        )}
      </main>
    </>
  );
}

function Events({ events }: { events: Dashboard['upcomingEvents'] }) {
  return (
    <section aria-labelledby="events">
      <h2 id="events">Ближайшие события</h2>
      <ul>
        {events.map(({ id, title, startsAt, place }) => (
          <li key={id}>
            <time dateTime={startsAt}>{moment(startsAt)}</time> {title}
            {place && `, ${place}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
