// Signing in with login and password.
import { useActionState } from 'react';
import { signIn } from './session';
import type { Session } from './session';
import { refusal } from './wording';

export function SignIn({ onSession }: { onSession(session: Session): void }) {
  const begin = async (_: unknown, form: FormData) => {
    const login = String(form.get('login'));
    try {
      onSession(await signIn(login, String(form.get('password'))));
      return { login, problem: '' };
    } catch (cause) {
      return { login, problem: refusal(cause) };
    }
  };
  const [{ login, problem }, submit, isPending] = useActionState(begin, { login: '', problem: '' });
  return (
    <main className="sign-in">
      <h1>Школьный дневник</h1>
      <form action={submit}>
        <label>
          Логин
          <input
            name="login"
            defaultValue={login}
            autoComplete="username"
            autoCapitalize="none"
            required
            autoFocus
          />
        </label>
        <label>
          Пароль
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p role="alert">{problem}</p>
        <button disabled={isPending}>Войти</button>
      </form>
    </main>
  );
}
