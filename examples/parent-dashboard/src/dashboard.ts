// What the page shows, and how a change is put in its place.
import type { DashboardQuery } from './gql/graphql';
import type { Change } from './listen';

export type Dashboard = NonNullable<DashboardQuery['viewer']>;
export type Child = Dashboard['children'][number];
export type Mark = Child['recentMarks'][number];

export type View = {
  connected: boolean;
  dashboard: Dashboard | undefined;
  /** What was heard since the page was opened, in the order of its hearing. */
  news: Change[];
  /** What was heard since the reading began that is under way. */
  meanwhile: Change[];
};

export type Action =
  | { type: 'opened' }
  | { type: 'lost' }
  | { type: 'reading' }
  | { type: 'read'; dashboard: Dashboard }
  | { type: 'heard'; change: Change };

export const START: View = { connected: false, dashboard: undefined, news: [], meanwhile: [] };

export function next(view: View, action: Action): View {
  switch (action.type) {
    case 'opened':
      return { ...view, connected: true };
    case 'lost':
      return { ...view, connected: false };
    case 'reading':
      return { ...view, meanwhile: [] };
    case 'read':
      // What was read may be older than what was heard while it was on its way.
      return { ...view, dashboard: view.meanwhile.reduce(changed, action.dashboard) };
    case 'heard':
      return {
        ...view,
        dashboard: view.dashboard && changed(view.dashboard, action.change),
        news: [...view.news, action.change],
        meanwhile: [...view.meanwhile, action.change],
      };
  }
}

/** Whether a change does not bring all that the page shows of it. */
export function needsReading({ area, mark }: Change): boolean {
  return area !== 'MARKS' || mark === null;
}

function changed(dashboard: Dashboard, change: Change): Dashboard {
  if (change.area !== 'MARKS') return dashboard;
  return { ...dashboard, children: dashboard.children.map((child) => marked(child, change)) };
}

function marked(child: Child, { nodeId, mark }: Change): Child {
  const others = child.recentMarks.filter(({ id }) => id !== nodeId);
  if (!mark?.student) return { ...child, recentMarks: others };
  const { student } = mark;
  const known = child.recentMarks.find(({ id }) => id === nodeId);
  if (student.id !== child.id || (known && known.version > mark.version)) return child;
  return {
    ...child,
    recentMarks: [mark, ...others].sort((one, other) => given(other) - given(one)),
    subjectAverages: student.subjectAverages,
  };
}

function given({ recordedAt }: Mark): number {
  return Date.parse(recordedAt);
}
