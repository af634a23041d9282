// One child: latest marks, averages, and works that are overdue.
import { useId } from 'react';
import type { Child } from './dashboard';
import { average, day, moment } from './wording';

export function ChildCard({ child }: { child: Child }) {
  const title = useId();
  return (
    <section className="card" aria-labelledby={title}>
      <h2 id={title}>{child.fullName}</h2>
      <p>{child.schoolClass?.name}</p>
      <h3>Последние отметки</h3>
      <ol className="marks" aria-label="Последние отметки">
        {child.recentMarks.map(({ id, text, subject, workType, recordedAt, comment }) => (
          <li key={id}>
            <strong>{text}</strong>
            <span>
              {subject.name}
              <small>
                {workType.name}, <time dateTime={recordedAt}>{moment(recordedAt)}</time>
                {comment && <q>{comment}</q>}
              </small>
            </span>
          </li>
        ))}
      </ol>
      <Averages averages={child.subjectAverages} />
      <Overdue works={child.overdueAssignments} />
    </section>
  );
}

function Averages({ averages }: { averages: Child['subjectAverages'] }) {
  return (
    <table>
      <caption>Средневзвешенный балл</caption>
      <tbody>
        {averages.map(({ subject, weightedAverage }) => (
          <tr key={subject.id}>
            <th scope="row">{subject.name}</th>
            <td>{weightedAverage === null ? '–' : average(weightedAverage)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Overdue({ works }: { works: Child['overdueAssignments'] }) {
  if (works.length === 0) return null;
  return (
    <>
      <h3>Не сдано в срок</h3>
      <ul>
        {works.map(({ id, title, dueOn, subject }) => (
          <li key={id}>
            {subject.name}: {title}, <time dateTime={dueOn}>{day(dueOn)}</time>
          </li>
        ))}
      </ul>
    </>
  );
}
