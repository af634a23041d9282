// Either the form that signs in, or the dashboard of whoever is signed in.
import { useState } from 'react';
import { Diary } from './Diary';
import type { Session } from './session';
import { SignIn } from './SignIn';

export function App() {
  const [session, setSession] = useState<Session>();
  if (session) return <Diary session={session} />;
  const begin = (begun: Session) => {
    begun.addEventListener('over', () => setSession(undefined), { once: true });
    setSession(begun);
  };
  return <SignIn onSession={begin} />;
}
