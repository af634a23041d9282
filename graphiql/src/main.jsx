// The page: GraphiQL with a headers editor, tabs and a first document for newcomers.
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { createRoot } from 'react-dom/client';
import { endSubscription, fetcher } from './fetcher.js';
import './page.css';
import { storage } from './storage.js';
import welcome from './welcome.graphql';

let shownTab;

// GraphiQL stops a subscription when another tab is chosen, yet not when a new one is opened:
// one account's events would go on appearing in the tab of the other.
function endWhenLeft({ tabs, activeTabIndex }) {
  const { id } = tabs[activeTabIndex];
  if (shownTab && shownTab !== id) endSubscription();
  shownTab = id;
}

// Headers hold access tokens: they stay in the page's memory and reach no storage.
createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={welcome}
    defaultEditorToolsVisibility="headers"
    shouldPersistHeaders={false}
    storage={storage}
    onTabChange={endWhenLeft}
  />,
);
