-- `{ viewer { id login } }` for anybody who is signed in.
SELECT json_build_object('data', json_build_object('viewer', json_build_object(
    'id', encode(('Viewer:' || account.id)::bytea, 'base64'),
    'login', account.login
)))::text
FROM session
JOIN account ON account.id = session.account_id AND account.blocked_at IS NULL
WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > now()
  AND account.id = $2
